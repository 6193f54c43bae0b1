// A convolution whose products are of bfloat16: a kernel for float32 runs on
// rounded copies of x, the weight and dy. Exact, since a product of two numbers
// of bfloat16 is a float; slow, since it is the plain graph that this serves.

#ifndef TAMP_LAYERS_CONVOLUTION_CONVOLUTION_CPU_BF16_H_
#define TAMP_LAYERS_CONVOLUTION_CONVOLUTION_CPU_BF16_H_

#include <memory>

#include "core/cpu/cpu_device.h"
#include "layers/convolution/convolution_kernel.h"

namespace tamp {

// float32: a kernel for the same options.
std::unique_ptr<ConvolutionKernel> MakeConvolutionCpuBf16(
    const ConvolutionOptions& options, const CpuDevice& device,
    std::unique_ptr<ConvolutionKernel> float32);

}  // namespace tamp

#endif  // TAMP_LAYERS_CONVOLUTION_CONVOLUTION_CPU_BF16_H_
