#include "layers/tanh/tanh_cuda.h"

#include "gtest/gtest.h"
#include "layers/tanh/tanh_kernel.h"
#include "layers/tanh/tanh_reference.h"
#include "tests/util/devices/cuda_elementwise_check.h"
#include "tests/util/devices/cuda_kernel_test.h"

namespace tamp {
namespace {

class TanhCudaTest : public CudaKernelTest {};

TEST_P(TanhCudaTest, EqualsReference) {
  CheckElementwiseOnCuda<TanhOptions>(
      {}, &device(), MakeTanhCuda, TanhForwardReference<float>,
      TanhBackwardReference<float>, /*epsilons=*/4);
}

INSTANTIATE_TEST_SUITE_P(Orders, TanhCudaTest, CudaOrders());

}  // namespace
}  // namespace tamp
