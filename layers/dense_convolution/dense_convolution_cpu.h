#ifndef TAMP_LAYERS_DENSE_CONVOLUTION_DENSE_CONVOLUTION_CPU_H_
#define TAMP_LAYERS_DENSE_CONVOLUTION_DENSE_CONVOLUTION_CPU_H_

#include <memory>

#include "core/device.h"
#include "layers/dense_convolution/dense_convolution_kernel.h"

namespace tamp {

// REQUIRES: device is a CpuDevice and outlives the kernel.
std::unique_ptr<DenseConvolutionKernel> MakeDenseConvolutionCpu(
    const DenseConvolutionOptions& options, const Device& device);

}  // namespace tamp

#endif  // TAMP_LAYERS_DENSE_CONVOLUTION_DENSE_CONVOLUTION_CPU_H_
