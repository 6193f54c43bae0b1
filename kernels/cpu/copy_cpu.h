#ifndef TAMP_KERNELS_CPU_COPY_CPU_H_
#define TAMP_KERNELS_CPU_COPY_CPU_H_

#include <memory>

#include "absl/status/statusor.h"
#include "core/device/device.h"
#include "kernels/copy_kernel.h"

namespace tamp {

// REQUIRES: device is a CpuDevice and outlives the kernel.
absl::StatusOr<std::unique_ptr<CopyKernel>> MakeCopyCpu(Device& device);

}  // namespace tamp

#endif  // TAMP_KERNELS_CPU_COPY_CPU_H_
