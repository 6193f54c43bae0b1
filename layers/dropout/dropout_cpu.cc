#include "layers/dropout/dropout_cpu.h"

#include <algorithm>

#include "core/cpu/cpu_device.h"
#include "kernels/cpu/dropout_factors.h"
#include "kernels/cpu/for_each_row.h"
#include "kernels/dropout_mask.h"

namespace tamp {
namespace {

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
    const Extents rows = MergedRows(extents_, args.x, args.y);
    ForEachRow(device_, rows, [&](int64_t n, int64_t c) {
      ApplyRow(mask, (n * rows.channels + c) * rows.spatial, rows.spatial,
               args.x.at(n, c), args.y_mode, args.y.at(n, c));
    });
  }

 private:
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

absl::StatusOr<std::unique_ptr<DropoutKernel>> MakeDropoutCpu(
    const Extents& extents, Device& device) {
  return std::make_unique<DropoutCpu>(extents, AsCpu(device));
}

}  // namespace tamp
