#include "layers/elu/elu_cuda.h"

#include "gtest/gtest.h"
#include "layers/elu/elu_kernel.h"
#include "layers/elu/elu_reference.h"
#include "tests/util/devices/cuda_elementwise_check.h"
#include "tests/util/devices/cuda_kernel_test.h"

namespace tamp {
namespace {

class EluCudaTest : public CudaKernelTest {};

TEST_P(EluCudaTest, EqualsReference) {
  for (const float alpha : {0.0f, 0.1f, 1.0f, 2.0f}) {
    CheckElementwiseOnCuda<EluOptions>(
        {{}, alpha}, &device(), MakeEluCuda, EluForwardReference<float>,
        EluBackwardReference<float>, /*epsilons=*/4);
  }
}

INSTANTIATE_TEST_SUITE_P(Orders, EluCudaTest, CudaOrders());

}  // namespace
}  // namespace tamp
