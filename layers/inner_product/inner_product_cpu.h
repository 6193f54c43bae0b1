#ifndef TAMP_LAYERS_INNER_PRODUCT_INNER_PRODUCT_CPU_H_
#define TAMP_LAYERS_INNER_PRODUCT_INNER_PRODUCT_CPU_H_

#include <memory>

#include "absl/status/statusor.h"
#include "core/device/device.h"
#include "layers/inner_product/inner_product_kernel.h"

namespace tamp {

// REQUIRES: device is a CpuDevice and outlives the kernel.
absl::StatusOr<std::unique_ptr<InnerProductKernel>> MakeInnerProductCpu(
    const InnerProductOptions& options, Device& device);

}  // namespace tamp

#endif  // TAMP_LAYERS_INNER_PRODUCT_INNER_PRODUCT_CPU_H_
