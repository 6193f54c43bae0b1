// How convolutions multiply. Sums run in float in any case.

#ifndef TAMP_KERNELS_PRODUCT_PRECISION_H_
#define TAMP_KERNELS_PRODUCT_PRECISION_H_

namespace tamp {

enum class ProductPrecision {
  kFloat32,
  // What kFloat32 may become on tensor cores: both factors are rounded to 10
  // bits behind the point.
  kTf32,
  kBf16,  // both factors are rounded to bfloat16
  kFp16   // to IEEE's float of 16 bits
};

}  // namespace tamp

#endif  // TAMP_KERNELS_PRODUCT_PRECISION_H_
