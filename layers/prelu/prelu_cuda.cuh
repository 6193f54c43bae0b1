#ifndef TAMP_LAYERS_PRELU_PRELU_CUDA_CUH_
#define TAMP_LAYERS_PRELU_PRELU_CUDA_CUH_

#include <cstdint>

#include "core/cuda/grid_loop.cuh"
#include "core/cuda/launch.h"
#include "kernels/broadcast.h"
#include "kernels/extents.h"
#include "kernels/grad_mode.h"
#include "kernels/strided.h"

namespace tamp {

// y = or += v where x is positive, and slope * v elsewhere: forward with x for
// v, backward with dy. `rows` are the extents of x, merged.
__global__ void __launch_bounds__(kThreadsPerBlock)
    ApplySlopes(Broadcast broadcast, Extents rows, Strided<const float> x,
                Strided<const float> slopes, Strided<const float> v,
                GradMode mode, Strided<float> y) {
  ForEachOfGrid(rows.count(), [&](int64_t i) {
    const int64_t k = i / broadcast.inner % broadcast.size();
    const float slope = *ElementAt(slopes, broadcast.b, k);
    const float value = *ElementAt(v, rows, i);
    StoreGrad(mode, *ElementAt(x, rows, i) > 0 ? value : slope * value,
              ElementAt(y, rows, i));
  });
}

// A term of a slope's gradient.
struct SlopeTerm {
  __device__ float operator()(float x, float dy) const {
    return x > 0 ? 0 : dy * x;
  }
};

}  // namespace tamp

#endif  // TAMP_LAYERS_PRELU_PRELU_CUDA_CUH_
