#ifndef TAMP_LAYERS_SCALE_SCALE_CUDA_CUH_
#define TAMP_LAYERS_SCALE_SCALE_CUDA_CUH_

#include <cstdint>

#include "core/cuda/grid_loop.cuh"
#include "core/cuda/launch.h"
#include "kernels/broadcast.h"
#include "kernels/extents.h"
#include "kernels/grad_mode.h"
#include "layers/scale/scale_kernel.h"

namespace tamp {

// `rows` are the extents of x, merged.
__global__ void __launch_bounds__(kThreadsPerBlock)
    ScaleElements(Broadcast broadcast, Extents rows,
                  ScaleForwardArgs<float> args) {
  ForEachOfGrid(rows.count(), [&](int64_t i) {
    const int64_t k = i / broadcast.inner % broadcast.size();
    const float bias =
        args.bias.data == nullptr ? 0 : *ElementAt(args.bias, broadcast.b, k);
    const float scale = *ElementAt(args.scale, broadcast.b, k);
    *ElementAt(args.y, rows, i) = *ElementAt(args.x, rows, i) * scale + bias;
  });
}

__global__ void __launch_bounds__(kThreadsPerBlock)
    ScaleGradient(Broadcast broadcast, Extents rows,
                  ScaleInputGradArgs<float> args) {
  ForEachOfGrid(rows.count(), [&](int64_t i) {
    const int64_t k = i / broadcast.inner % broadcast.size();
    const float scale = *ElementAt(args.scale, broadcast.b, k);
    StoreGrad(args.dx_mode, *ElementAt(args.dy, rows, i) * scale,
              ElementAt(args.dx, rows, i));
  });
}

// Terms of the gradients of the scale and of the bias.
struct ScaleTerm {
  __device__ float operator()(float x, float dy) const { return x * dy; }
};
struct ScaleBiasTerm {
  __device__ float operator()(float dy) const { return dy; }
};

}  // namespace tamp

#endif  // TAMP_LAYERS_SCALE_SCALE_CUDA_CUH_
