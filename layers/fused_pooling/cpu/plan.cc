#include "layers/fused_pooling/cpu/plan.h"

#include <algorithm>

namespace tamp {
namespace {

constexpr int64_t kMaxTiles = 64;

int64_t DivideUp(int64_t a, int64_t b) { return (a + b - 1) / b; }
int64_t RoundUp(int64_t count) {
  return DivideUp(count, kPoolingVector) * kPoolingVector;
}

}  // namespace

FusedPoolingPlan::FusedPoolingPlan(const FusedPoolingOptions& o)
    : options(o), num_tiles(std::min(o.channels, kMaxTiles)) {
  if (o.method != FusedPoolingOptions::Method::kMax) return;
  const PoolingAxis &h = o.height, &w = o.width;
  const int64_t furthest_tap = (w.kernel - 1) / w.stride;
  first_place = w.pad / w.stride;
  num_places = (w.extent - 1 + w.pad) / w.stride - first_place + 1;
  phase_stride = RoundUp(std::max(RoundUp(w.num_windows()) + furthest_tap,
                                  RoundUp(num_places) + first_place + 1));
  row_stride = w.stride * phase_stride;
  for (int64_t b = 0; b < w.kernel; ++b) {
    tap_offsets.push_back(b % w.stride * phase_stride + b / w.stride);
  }
  margin = RoundUp(furthest_tap);
  window_stride = margin + phase_stride;
  windows_at_once = (h.kernel - 1) / h.stride + 1;

  const auto take = [&](int64_t floats) {
    const int64_t place = tile_floats;
    tile_floats += floats;
    return place;
  };
  z = take(h.kernel * row_stride);
  dz = take(row_stride);
  line = take(RoundUp(w.extent) + 2 * kPoolingVector);
  chosen = take(windows_at_once * window_stride);
  dy = take(windows_at_once * window_stride);
}

}  // namespace tamp
