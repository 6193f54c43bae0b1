#ifndef TAMP_LAYERS_PRELU_PRELU_CPU_H_
#define TAMP_LAYERS_PRELU_PRELU_CPU_H_

#include <memory>

#include "core/device/device.h"
#include "layers/prelu/prelu_kernel.h"

namespace tamp {

// REQUIRES: device is a CpuDevice and outlives the kernel.
std::unique_ptr<PreluKernel> MakePreluCpu(const Broadcast& broadcast,
                                          const Device& device);

}  // namespace tamp

#endif  // TAMP_LAYERS_PRELU_PRELU_CPU_H_
