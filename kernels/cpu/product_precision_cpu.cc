#include "kernels/cpu/product_precision_cpu.h"

#include "absl/status/status.h"

namespace tamp {

absl::StatusOr<ProductPrecision> PrecisionOnCpu(ProductPrecision precision) {
  if (precision == ProductPrecision::kTf32) return ProductPrecision::kFloat32;
  if (precision == ProductPrecision::kFp16) {
    return absl::InvalidArgumentError(
        "compute is FP16, which CPUs do not multiply in; use BF16 or FLOAT32, "
        "or a GPU (--device=cuda)");
  }
  return precision;
}

}  // namespace tamp
