#ifndef TAMP_LAYERS_BIAS_BIAS_CUDA_CUH_
#define TAMP_LAYERS_BIAS_BIAS_CUDA_CUH_

#include <cstdint>

#include "core/cuda/grid_loop.cuh"
#include "core/cuda/launch.h"
#include "kernels/broadcast.h"
#include "kernels/extents.h"
#include "layers/bias/bias_kernel.h"

namespace tamp {

// `rows` are the extents of x, merged.
__global__ void __launch_bounds__(kThreadsPerBlock)
    AddBias(Broadcast broadcast, Extents rows, BiasForwardArgs<float> args) {
  ForEachOfGrid(rows.count(), [&](int64_t i) {
    const int64_t k = i / broadcast.inner % broadcast.size();
    *ElementAt(args.y, rows, i) =
        *ElementAt(args.x, rows, i) + *ElementAt(args.bias, broadcast.b, k);
  });
}

// A gradient of x, and a term of that of b.
struct BiasGradient {
  __device__ float operator()(float dy) const { return dy; }
};

}  // namespace tamp

#endif  // TAMP_LAYERS_BIAS_BIAS_CUDA_CUH_
