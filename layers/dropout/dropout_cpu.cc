#include "layers/dropout/dropout_cpu.h"

#include <algorithm>

#include "core/cpu/cpu_device.h"
#include "core/cpu/dropout_factors.h"
#include "core/dropout_mask.h"
#include "core/tiles.h"

namespace tamp {
namespace {

constexpr int64_t kMaxTiles = 64;
// Factors computed at a time; they stay in the first cache.
constexpr int64_t kChunk = 1024;

class DropoutCpu : public DropoutKernel {
 public:
  DropoutCpu(const Extents& extents, const CpuDevice& device)
      : extents_(extents), device_(device) {}

  void Apply(const DropoutMask& mask, const DropoutArgs<float>& args) override {
    if (args.y_mode == GradMode::kSkip) return;
    const bool is_identity = mask.threshold == 0 && mask.kept == 1;
    if (is_identity && args.x.data == args.y.data) return;
    const Extents extents = Merged(args);
    const int64_t rows = extents.num * extents.channels;
    const int64_t num_tiles = std::min(rows, kMaxTiles);
    device_.ParallelFor(num_tiles, [&](int64_t tile) {
      const Range range = TileRange(rows, num_tiles, tile);
      for (int64_t row = range.begin; row < range.end; ++row) {
        const int64_t n = row / extents.channels, c = row % extents.channels;
        ApplyRow(mask, row * extents.spatial, extents.spatial, args.x.at(n, c),
                 args.y_mode, args.y.at(n, c));
      }
    });
  }

 private:
  // The same tensors with rows as long as the strides allow.
  Extents Merged(const DropoutArgs<float>& args) const {
    if (args.x.channel_stride != extents_.spatial ||
        args.y.channel_stride != extents_.spatial) {
      return extents_;
    }
    return {extents_.num, 1, extents_.channels * extents_.spatial};
  }

  // The elements from number `begin` on.
  static void ApplyRow(const DropoutMask& mask, int64_t begin, int64_t size,
                       const float* x, GradMode mode, float* y) {
    float factors[kChunk];
    for (int64_t done = 0; done < size; done += kChunk) {
      const int64_t count = std::min(kChunk, size - done);
      if (mask.threshold == 0) {
        std::fill(factors, factors + count, mask.kept);
      } else {
        DropoutFactors(mask, begin + done, count, factors);
      }
      if (mode == GradMode::kAdd) {
        for (int64_t i = 0; i < count; ++i) {
          y[done + i] += x[done + i] * factors[i];
        }
      } else {
        for (int64_t i = 0; i < count; ++i) {
          y[done + i] = x[done + i] * factors[i];
        }
      }
    }
  }

  const Extents extents_;
  const CpuDevice& device_;
};

}  // namespace

std::unique_ptr<DropoutKernel> MakeDropoutCpu(const Extents& extents,
                                              const Device& device) {
  return std::make_unique<DropoutCpu>(extents, AsCpu(device));
}

}  // namespace tamp
