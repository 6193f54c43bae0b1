#ifndef TAMP_LAYERS_DROPOUT_DROPOUT_CUDA_CUH_
#define TAMP_LAYERS_DROPOUT_DROPOUT_CUDA_CUH_

#include <cstdint>

#include "core/cuda/grid_loop.cuh"
#include "core/cuda/launch.h"
#include "core/philox.h"
#include "kernels/dropout_mask.h"
#include "kernels/extents.h"
#include "kernels/grad_mode.h"
#include "kernels/strided.h"

namespace tamp {

// y = or += x times the mask. A thread uses all four numbers of a Philox block,
// also where their elements lie in two rows.
__global__ void __launch_bounds__(kThreadsPerBlock)
    ApplyDropout(Extents rows, DropoutMask mask, Strided<const float> x,
                 GradMode mode, Strided<float> y) {
  const int64_t count = rows.count();
  ForEachOfGrid((count + 3) / 4, [&](int64_t block) {
    const PhiloxBlock numbers = Philox(mask.key, mask.step, block);
    // A loop of constant length keeps the numbers in registers.
    for (int i = 0; i < 4; ++i) {
      const int64_t element = 4 * block + i;
      if (element >= count) continue;
      const float factor = numbers[i] >= mask.threshold ? mask.kept : 0;
      StoreGrad(mode, *ElementAt(x, rows, element) * factor,
                ElementAt(y, rows, element));
    }
  });
}

}  // namespace tamp

#endif  // TAMP_LAYERS_DROPOUT_DROPOUT_CUDA_CUH_
