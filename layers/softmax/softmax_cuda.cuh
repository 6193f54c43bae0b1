// A warp takes a line.

#ifndef TAMP_LAYERS_SOFTMAX_SOFTMAX_CUDA_CUH_
#define TAMP_LAYERS_SOFTMAX_SOFTMAX_CUDA_CUH_

#include <cmath>
#include <cstdint>

#include "core/cuda/launch.h"
#include "kernels/axis_lines.h"
#include "kernels/cuda/sums/warp_lines.cuh"
#include "kernels/grad_mode.h"
#include "layers/softmax/softmax_kernel.h"

namespace tamp {

// A lane reads no element of x that another has written, so that y may be x.
__global__ void __launch_bounds__(kThreadsPerBlock)
    SoftmaxLines(AxisLines lines, SoftmaxForwardArgs<float> args) {
  ForEachLine(lines.count(), [&](int64_t i, int lane) {
    const auto x = LineOf(lines, args.x, i);
    const auto y = LineOf(lines, args.y, i);
    float largest = -INFINITY;
    for (int64_t k = lane; k < lines.length; k += kWarpSize) {
      largest = fmaxf(largest, x[k]);
    }
    largest = LargestOfLanes(largest);
    float sum = 0;
    for (int64_t k = lane; k < lines.length; k += kWarpSize) {
      const float power = expf(x[k] - largest);
      y[k] = power;
      sum += power;
    }
    const float inverse = 1 / SumOfLanes(sum);
    for (int64_t k = lane; k < lines.length; k += kWarpSize) y[k] *= inverse;
  });
}

// REQUIRES: dx_mode is not kSkip.
__global__ void __launch_bounds__(kThreadsPerBlock)
    SoftmaxGradients(AxisLines lines, SoftmaxBackwardArgs<float> args) {
  ForEachLine(lines.count(), [&](int64_t i, int lane) {
    const auto y = LineOf(lines, args.y, i);
    const auto dy = LineOf(lines, args.dy, i);
    const auto dx = LineOf(lines, args.dx, i);
    float mean = 0;
    for (int64_t k = lane; k < lines.length; k += kWarpSize) {
      mean += y[k] * dy[k];
    }
    mean = SumOfLanes(mean);
    for (int64_t k = lane; k < lines.length; k += kWarpSize) {
      StoreGrad(args.dx_mode, y[k] * (dy[k] - mean), &dx[k]);
    }
  });
}

}  // namespace tamp

#endif  // TAMP_LAYERS_SOFTMAX_SOFTMAX_CUDA_CUH_
