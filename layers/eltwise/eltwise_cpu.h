#ifndef TAMP_LAYERS_ELTWISE_ELTWISE_CPU_H_
#define TAMP_LAYERS_ELTWISE_ELTWISE_CPU_H_

#include <memory>

#include "core/device/device.h"
#include "layers/eltwise/eltwise_kernel.h"

namespace tamp {

// REQUIRES: device is a CpuDevice and outlives the kernel.
std::unique_ptr<EltwiseKernel> MakeEltwiseCpu(const EltwiseOptions& options,
                                              const Device& device);

}  // namespace tamp

#endif  // TAMP_LAYERS_ELTWISE_ELTWISE_CPU_H_
