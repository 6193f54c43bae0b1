// A convolution as it is asked of cuDNN.

#ifndef TAMP_LAYERS_CONVOLUTION_CUDA_PROBLEM_H_
#define TAMP_LAYERS_CONVOLUTION_CUDA_PROBLEM_H_

#include "core/cuda/cudnn/convolution_problem.h"
#include "layers/convolution/convolution_kernel.h"

namespace tamp {

// With tensors of float32 that are dense in NCHW and begin anywhere.
ConvolutionProblem ProblemOf(const ConvolutionOptions& options,
                             ConvolutionDirection direction);

}  // namespace tamp

#endif  // TAMP_LAYERS_CONVOLUTION_CUDA_PROBLEM_H_
