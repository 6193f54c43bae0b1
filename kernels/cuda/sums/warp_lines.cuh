// Loops over lines (kernels/axis_lines.h), a warp a line: each lane takes every
// 32nd element, and what the lanes have found is brought together.
//
//   ForEachLine(lines.count(), [&](int64_t i, int lane) {
//     const auto x = LineOf(lines, args.x, i);
//     float sum = 0;
//     for (int64_t k = lane; k < lines.length; k += kWarpSize) sum += x[k];
//     sum = SumOfLanes(sum);
//     ...
//   });

#ifndef TAMP_KERNELS_CUDA_SUMS_WARP_LINES_CUH_
#define TAMP_KERNELS_CUDA_SUMS_WARP_LINES_CUH_

#include <cmath>
#include <cstdint>

#include "core/cuda/grid_loop.cuh"
#include "core/cuda/launch.h"
#include "kernels/axis_lines.h"
#include "kernels/cuda/sums/block_sum.cuh"  // kWarpSize
#include "kernels/strided.h"

namespace tamp {

constexpr unsigned kAllLanes = 0xffffffff;

// For kernels that call ForEachLine.
inline GridSize GridForLines(const CudaQueue& queue, int64_t count,
                             const char* file = __builtin_FILE(),
                             int line = __builtin_LINE()) {
  return GridFor(queue, kWarpSize * count, file, line);
}

// Calls function(line, lane) for all lines, with all lanes of a warp at once.
// REQUIRES: blocks are whole warps.
template <typename Function>
__device__ __forceinline__ void ForEachLine(int64_t count,
                                            const Function& function) {
  ForEachOfGrid(kWarpSize * count, [&](int64_t i) {
    function(i / kWarpSize, static_cast<int>(i % kWarpSize));
  });
}

template <typename T>
struct Line {
  T* first;
  int64_t stride;
  __device__ T& operator[](int64_t k) const { return first[k * stride]; }
};

template <typename T>
__device__ Line<T> LineOf(const AxisLines& lines, const Strided<T>& x,
                          int64_t line) {
  return {lines.first(x, line), lines.stride(x)};
}

// Given to all lanes, of which all must call. They get the same bits: the sums
// of two lanes, of four, and so on, where both sides add the same two numbers.
template <typename T>
__device__ T SumOfLanes(T value) {
  for (int lane_mask = kWarpSize / 2; lane_mask > 0; lane_mask /= 2) {
    value += __shfl_xor_sync(kAllLanes, value, lane_mask);
  }
  return value;
}

// The same for the largest number, which a NaN never is.
__device__ inline float LargestOfLanes(float value) {
  for (int lane_mask = kWarpSize / 2; lane_mask > 0; lane_mask /= 2) {
    value = fmaxf(value, __shfl_xor_sync(kAllLanes, value, lane_mask));
  }
  return value;
}

}  // namespace tamp

#endif  // TAMP_KERNELS_CUDA_SUMS_WARP_LINES_CUH_
