// What a convolution does for its bias beside cuDNN's products. y has
// `extents`.

#ifndef TAMP_LAYERS_CONVOLUTION_CUDA_BIAS_H_
#define TAMP_LAYERS_CONVOLUTION_CUDA_BIAS_H_

#include "core/cuda/queue.h"
#include "kernels/extents.h"
#include "kernels/grad_mode.h"
#include "kernels/strided.h"

namespace tamp {

// y[n, k, s] += bias[k]
void AddBias(CudaQueue& queue, const Extents& extents, const float* bias,
             const Strided<float>& y);

// dbias[k] = sum over n and s of dy[n, k, s]. REQUIRES: mode is not kSkip.
void SumToBias(CudaQueue& queue, const Extents& extents,
               const Strided<const float>& dy, GradMode mode, float* dbias);

}  // namespace tamp

#endif  // TAMP_LAYERS_CONVOLUTION_CUDA_BIAS_H_
