#ifndef TAMP_LAYERS_INNER_PRODUCT_INNER_PRODUCT_CUDA_H_
#define TAMP_LAYERS_INNER_PRODUCT_INNER_PRODUCT_CUDA_H_

#include <memory>

#include "absl/status/statusor.h"
#include "core/device/device.h"
#include "layers/inner_product/inner_product_kernel.h"

namespace tamp {

// REQUIRES: device is a CudaDevice and outlives the kernel.
absl::StatusOr<std::unique_ptr<InnerProductKernel>> MakeInnerProductCuda(
    const InnerProductOptions& options, Device& device);

}  // namespace tamp

#endif  // TAMP_LAYERS_INNER_PRODUCT_INNER_PRODUCT_CUDA_H_
