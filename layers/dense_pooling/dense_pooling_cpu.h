#ifndef TAMP_LAYERS_DENSE_POOLING_DENSE_POOLING_CPU_H_
#define TAMP_LAYERS_DENSE_POOLING_DENSE_POOLING_CPU_H_

#include <memory>

#include "core/device.h"
#include "layers/dense_pooling/dense_pooling_kernel.h"

namespace tamp {

// REQUIRES: device is a CpuDevice and outlives the kernel.
std::unique_ptr<DensePoolingKernel> MakeDensePoolingCpu(
    const DensePoolingOptions& options, const Device& device);

}  // namespace tamp

#endif  // TAMP_LAYERS_DENSE_POOLING_DENSE_POOLING_CPU_H_
