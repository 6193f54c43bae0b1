#include "kernels/cpu/copy_cpu.h"

#include <algorithm>
#include <cstring>

#include "core/check.h"
#include "core/cpu/cpu_device.h"
#include "core/threads/tiles.h"
#include "kernels/cpu/for_each_row.h"
#include "kernels/extents.h"

namespace tamp {
namespace {

constexpr int64_t kMaxTiles = 64;

void StoreRow(GradMode mode, const float* x, int64_t size, float* y) {
  if (mode == GradMode::kWrite) {
    std::memcpy(y, x, size * sizeof(float));
  } else {
    for (int64_t i = 0; i < size; ++i) y[i] += x[i];
  }
}

class CopyCpu : public CopyKernel {
 public:
  explicit CopyCpu(const CpuDevice& device) : device_(device) {}

  void Copy(const CopyBlock& original, const Strided<const float>& x,
            const Strided<float>& y, GradMode mode) override {
    if (mode == GradMode::kSkip) return;
    if (x.data == y.data && mode == GradMode::kWrite) return;
    const CopyBlock block =
        MergedRows(original, x.channel_stride, y.channel_stride);
    const Extents rows = {block.num, block.channels, block.columns};
    ForEachRow(device_, rows, [&](int64_t n, int64_t c) {
      for (int64_t row = 0; row < block.rows; ++row) {
        StoreRow(mode, x.at(n, c) + row * block.x_row_pitch, block.columns,
                 y.at(n, c) + row * block.y_row_pitch);
      }
    });
  }

  void SetZero(const CopyBlock& block, const Strided<float>& y) override {
    const Extents rows = {block.num, block.channels, block.columns};
    ForEachRow(device_, rows, [&](int64_t n, int64_t c) {
      for (int64_t row = 0; row < block.rows; ++row) {
        float* begin = y.at(n, c) + row * block.y_row_pitch;
        std::fill(begin, begin + block.columns, 0.0f);
      }
    });
  }

  void CopyInOrder(const Strided<const float>& x, const Extents& x_extents,
                   const Strided<float>& y, const Extents& y_extents,
                   GradMode mode) override {
    if (mode == GradMode::kSkip) return;
    const int64_t count = y_extents.count();
    CHECK_EQ(x_extents.count(), count);
    const Extents from = MergedRows(x_extents, x);
    const Extents to = MergedRows(y_extents, y);
    const int64_t num_tiles = std::min(count, kMaxTiles);
    device_.ParallelFor(num_tiles, [&](int64_t tile) {
      const Range range = TileRange(count, num_tiles, tile);
      for (int64_t i = range.begin; i < range.end;) {
        const int64_t run =
            std::min({from.spatial - i % from.spatial,
                      to.spatial - i % to.spatial, range.end - i});
        StoreRow(mode, ElementAt(x, from, i), run, ElementAt(y, to, i));
        i += run;
      }
    });
  }

 private:
  const CpuDevice& device_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<CopyKernel>> MakeCopyCpu(Device& device) {
  return std::make_unique<CopyCpu>(AsCpu(device));
}

}  // namespace tamp
