#ifndef TAMP_CORE_CPU_COPY_CPU_H_
#define TAMP_CORE_CPU_COPY_CPU_H_

#include <memory>

#include "core/copy_kernel.h"
#include "core/device.h"

namespace tamp {

// REQUIRES: device is a CpuDevice and outlives the kernel.
std::unique_ptr<CopyKernel> MakeCopyCpu(const Device& device);

}  // namespace tamp

#endif  // TAMP_CORE_CPU_COPY_CPU_H_
