#ifndef TAMP_KERNELS_CPU_PRODUCT_PRECISION_CPU_H_
#define TAMP_KERNELS_CPU_PRODUCT_PRECISION_CPU_H_

#include "absl/status/statusor.h"
#include "kernels/product_precision.h"

namespace tamp {

// What a CPU makes of a precision: of kTf32, which it has no use for, kFloat32.
// Refuses kFp16.
absl::StatusOr<ProductPrecision> PrecisionOnCpu(ProductPrecision precision);

}  // namespace tamp

#endif  // TAMP_KERNELS_CPU_PRODUCT_PRECISION_CPU_H_
