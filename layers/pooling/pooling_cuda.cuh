// Forward, a thread or a warp takes a window. Backward, a thread takes an
// element of dx and adds up what the windows over it hand down, in their order:
// so no two threads write to the same place.

#ifndef TAMP_LAYERS_POOLING_POOLING_CUDA_CUH_
#define TAMP_LAYERS_POOLING_POOLING_CUDA_CUH_

#include <climits>
#include <cmath>
#include <cstdint>

#include "core/cuda/grid_loop.cuh"
#include "core/cuda/launch.h"
#include "kernels/cuda/sums/warp_lines.cuh"
#include "kernels/grad_mode.h"
#include "kernels/pooling_axis.h"
#include "layers/pooling/pooling_kernel.h"

namespace tamp {

// An element of a map; at first one that every other beats.
struct PooledElement {
  float value = -INFINITY;
  int index = INT_MAX;
};

// Whether MAX chooses a and not b: a NaN before any number, the larger number,
// the first of equals.
__device__ inline bool Beats(const PooledElement& a, const PooledElement& b) {
  if (std::isnan(a.value) != std::isnan(b.value)) return std::isnan(a.value);
  if (a.value > b.value) return true;
  return !(a.value < b.value) && a.index < b.index;
}

// Calls visit(index within the map) for every kLanes-th element of a window,
// from number `lane` on.
template <int kLanes, typename Visit>
__device__ void ForEachInWindow(const PoolingAxis::Window& rows,
                                const PoolingAxis::Window& columns,
                                int64_t map_width, int lane,
                                const Visit& visit) {
  const int64_t width = columns.end - columns.begin;
  int64_t row = rows.begin;
  for (int64_t column = columns.begin + lane;; column += kLanes) {
    for (; column >= columns.end; column -= width) ++row;
    if (row >= rows.end) return;
    visit(static_cast<int>(row * map_width + column));
  }
}

// Given to all lanes of a warp.
__device__ inline PooledElement LargestElementOfLanes(PooledElement largest) {
  for (int lane_mask = kWarpSize / 2; lane_mask > 0; lane_mask /= 2) {
    PooledElement other;
    other.value = __shfl_xor_sync(kAllLanes, largest.value, lane_mask);
    other.index = __shfl_xor_sync(kAllLanes, largest.index, lane_mask);
    if (Beats(other, largest)) largest = other;
  }
  return largest;
}

// kLanes threads take a window.
template <int kLanes>
__global__ void __launch_bounds__(kThreadsPerBlock)
    PoolWindows(PoolingOptions o, PoolingForwardArgs<float> args) {
  static_assert(kLanes == 1 || kLanes == kWarpSize, "a thread or a warp");
  const int64_t map_width = o.width.extent, y_width = o.width.num_windows();
  const int64_t y_size = o.height.num_windows() * y_width;
  ForEachOfGrid(o.num * o.channels * y_size * kLanes, [&](int64_t i) {
    const int lane = static_cast<int>(i % kLanes);
    const int64_t output = i / kLanes, plane = output / y_size;
    const int64_t n = plane / o.channels, c = plane % o.channels;
    const int64_t s = output % y_size;
    const PoolingAxis::Window rows = o.height.window(s / y_width);
    const PoolingAxis::Window columns = o.width.window(s % y_width);
    const float* x = args.x.at(n, c);
    float* y = args.y.at(n, c) + s;
    if (o.method == PoolingOptions::Method::kMax) {
      PooledElement largest;
      ForEachInWindow<kLanes>(rows, columns, map_width, lane, [&](int index) {
        const PooledElement element = {x[index], index};
        if (Beats(element, largest)) largest = element;
      });
      if (kLanes > 1) largest = LargestElementOfLanes(largest);
      if (lane > 0) return;
      *y = largest.value;
      args.argmax[output] = largest.index;
    } else {
      float sum = 0;
      ForEachInWindow<kLanes>(rows, columns, map_width, lane,
                              [&](int index) { sum += x[index]; });
      if (kLanes > 1) sum = SumOfLanes(sum);
      if (lane > 0) return;
      *y = sum / static_cast<float>(rows.size * columns.size);
    }
  });
}

// What window (i, j) hands down to element s of its map.
__device__ inline float ShareOfElement(const PoolingOptions& o,
                                       const PoolingBackwardArgs<float>& args,
                                       int64_t plane, int64_t i, int64_t j,
                                       int64_t s) {
  const int64_t y_width = o.width.num_windows();
  const int64_t output = i * y_width + j;
  const float dy = args.dy.at(plane / o.channels, plane % o.channels)[output];
  if (o.method == PoolingOptions::Method::kMax) {
    const int64_t y_size = o.height.num_windows() * y_width;
    return args.argmax[plane * y_size + output] == s ? dy : 0;
  }
  return dy /
         static_cast<float>(o.height.window(i).size * o.width.window(j).size);
}

// REQUIRES: dx_mode is not kSkip.
__global__ void __launch_bounds__(kThreadsPerBlock)
    GatherFromWindows(PoolingOptions o, PoolingBackwardArgs<float> args) {
  const int64_t x_size = o.height.extent * o.width.extent;
  ForEachOfGrid(o.num * o.channels * x_size, [&](int64_t element) {
    const int64_t plane = element / x_size, s = element % x_size;
    const auto rows = o.height.windows_over(s / o.width.extent);
    const auto columns = o.width.windows_over(s % o.width.extent);
    float sum = 0;
    for (int64_t i = rows.begin; i < rows.end; ++i) {
      for (int64_t j = columns.begin; j < columns.end; ++j) {
        sum += ShareOfElement(o, args, plane, i, j, s);
      }
    }
    StoreGrad(args.dx_mode, sum,
              args.dx.at(plane / o.channels, plane % o.channels) + s);
  });
}

}  // namespace tamp

#endif  // TAMP_LAYERS_POOLING_POOLING_CUDA_CUH_
