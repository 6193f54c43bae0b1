#include "layers/sigmoid/sigmoid_cuda.h"

#include "gtest/gtest.h"
#include "layers/sigmoid/sigmoid_kernel.h"
#include "layers/sigmoid/sigmoid_reference.h"
#include "tests/util/devices/cuda_elementwise_check.h"
#include "tests/util/devices/cuda_kernel_test.h"

namespace tamp {
namespace {

class SigmoidCudaTest : public CudaKernelTest {};

TEST_P(SigmoidCudaTest, EqualsReference) {
  CheckElementwiseOnCuda<SigmoidOptions>(
      {}, &device(), MakeSigmoidCuda, SigmoidForwardReference<float>,
      SigmoidBackwardReference<float>, /*epsilons=*/4);
}

INSTANTIATE_TEST_SUITE_P(Orders, SigmoidCudaTest, CudaOrders());

}  // namespace
}  // namespace tamp
