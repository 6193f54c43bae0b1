#include "layers/relu/relu_cuda.h"

#include "gtest/gtest.h"
#include "layers/relu/relu_kernel.h"
#include "layers/relu/relu_reference.h"
#include "tests/util/devices/cuda_elementwise_check.h"
#include "tests/util/devices/cuda_kernel_test.h"

namespace tamp {
namespace {

class ReluCudaTest : public CudaKernelTest {};

TEST_P(ReluCudaTest, EqualsReference) {
  for (const float slope : {0.0f, 0.1f, 0.5f}) {
    CheckElementwiseOnCuda<ReluOptions>(
        {{}, slope}, &device(), MakeReluCuda, ReluForwardReference<float>,
        ReluBackwardReference<float>, /*epsilons=*/1);
  }
}

INSTANTIATE_TEST_SUITE_P(Orders, ReluCudaTest, CudaOrders());

}  // namespace
}  // namespace tamp
