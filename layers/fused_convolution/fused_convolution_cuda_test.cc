#include "layers/fused_convolution/fused_convolution_cuda.h"

#include <cstdint>
#include <memory>
#include <string>

#include "gtest/gtest.h"
#include "kernels/grad_mode.h"
#include "kernels/product_precision.h"
#include "layers/fused_convolution/fused_convolution_kernel.h"
#include "layers/fused_convolution/fused_convolution_reference.h"
#include "layers/fused_convolution/fused_convolution_test_cases.h"
#include "layers/fused_convolution/fused_convolution_test_mirror.h"
#include "layers/fused_convolution/fused_convolution_test_problem.h"
#include "tests/util/devices/cuda_kernel_test.h"
#include "tests/util/devices/device_workspace.h"
#include "tests/util/status_matchers.h"
#include "tests/util/tensor_matchers.h"
#include "tests/util/test_maps.h"

namespace tamp {
namespace {

class FusedConvolutionCudaTest : public CudaKernelTest {
 protected:
  // Maps begin so many floats behind aligned addresses.
  void RunForward(FusedConvolutionKernel* kernel,
                  FusedConvolutionProblem<float>* problem, int64_t offset = 0) {
    FusedConvolutionMirror mirror(problem, &device(), offset);
    DeviceWorkspace workspace(kernel->forward_workspace_bytes(), &device());
    kernel->Forward(mirror.forward_args(workspace.data()));
    mirror.CopyBack();
    EXPECT_TRUE(workspace.BoundsAreRespected());
  }
  void RunBackward(FusedConvolutionKernel* kernel,
                   FusedConvolutionProblem<float>* problem,
                   int64_t offset = 0) {
    FusedConvolutionMirror mirror(problem, &device(), offset);
    DeviceWorkspace workspace(kernel->backward_workspace_bytes(), &device());
    kernel->Backward(mirror.backward_args(workspace.data()));
    mirror.CopyBack();
    EXPECT_TRUE(workspace.BoundsAreRespected());
  }

  void Check(const Case& c, int64_t offset = 0) {
    SCOPED_TRACE(Describe(c) + ", offset " + std::to_string(offset));
    ASSERT_OK_AND_ASSIGN(const auto kernel,
                         MakeFusedConvolutionCuda(c.options, device()));
    FusedConvolutionProblem<float> actual(c.options, c.layout);
    FusedConvolutionProblem<float> expected(c.options, c.layout);
    c.SetUpForward(&actual);
    c.SetUpForward(&expected);
    RunForward(kernel.get(), &actual, offset);
    FusedConvolutionForwardReference(c.options, expected.forward_args());
    ExpectForwardEqual(&actual, &expected);
    if (c.options.shifts_output) return;

    c.SetUpBackward(&actual);
    c.SetUpBackward(&expected);
    actual.y.tensor().FromVector(expected.y.tensor().ToVector());
    RunBackward(kernel.get(), &actual, offset);
    FusedConvolutionBackwardReference(c.options, expected.backward_args());
    ExpectBackwardEqual(&actual, &expected);
  }
};

// In each layout, with and without all that is fused.
TEST_P(FusedConvolutionCudaTest, EqualsReference) {
  for (const MapOrder layout :
       {MapOrder::kDense, MapOrder::kPadded, MapOrder::kAdjoined}) {
    for (const bool fuses : {false, true}) {
      for (const int64_t kernel : {1, 3}) {
        Case c = {Options(2, 37, 7, 7, 5, kernel), layout, GradMode::kAdd};
        c.options = WithFlags(c.options, fuses, false, fuses, fuses);
        Check(c);
        c.dx_mode = GradMode::kWrite;
        c.dw_mode = GradMode::kAdd;
        c.options.pools = kernel == 1;
        Check(c);
      }
    }
  }
}

TEST_P(FusedConvolutionCudaTest, EqualsReferenceInRandomCases) {
  const uint64_t first = 4 * GetParam().seed;
  for (uint64_t seed = first; seed < first + 4; ++seed) {
    Check(RandomCase(seed));
  }
}

// The net's first convolution.
TEST_P(FusedConvolutionCudaTest, Gathers) {
  for (uint64_t seed = 0; seed < 5; ++seed) Check(RandomGatheringCase(seed));
}

TEST_P(FusedConvolutionCudaTest, EqualsReferenceOnTinyMaps) {
  for (const int64_t kernel : {1, 3}) {
    Case c = {Options(1, 1, 1, 1, 1, kernel)};
    Check(c);
    c.options = WithFlags(Options(3, 5, 2, 33, 3, kernel), true, kernel == 1,
                          true, true);
    Check(c);
  }
}

// cuDNN's plans are for aligned memory; slices of larger tensors are not.
TEST_P(FusedConvolutionCudaTest, TakesMapsOfAnyAlignment) {
  for (const bool fuses : {false, true}) {
    Case c = {Options(2, 3, 6, 5, 4, 3)};
    c.options = WithFlags(c.options, fuses, false, fuses, fuses);
    Check(c, /*offset=*/1);
  }
}

// With a batch norm and a ReLU behind, as in nets for testing.
TEST_P(FusedConvolutionCudaTest, ShiftsAndRectifiesItsOutput) {
  for (const int64_t kernel : {1, 3}) {
    for (const bool rectifies : {false, true}) {
      Case c = {Options(3, 7, 6, 5, 14, kernel)};
      c.layout = rectifies ? MapOrder::kPadded : MapOrder::kDense;
      c.options.normalizes = rectifies;
      c.options.shifts_output = true;
      c.options.rectifies_output = rectifies;
      Check(c);
    }
  }
}

// Factors are rounded, and in 16 bits the products once more: as far as the
// float32 reference is from the results.
TEST_P(FusedConvolutionCudaTest, IsAsCloseAsThePrecisionAllows) {
  const struct {
    ProductPrecision precision;
    double error;
  } cases[] = {{ProductPrecision::kTf32, 0x1p-10},
               {ProductPrecision::kFp16, 0x1p-10},
               {ProductPrecision::kBf16, 0x1p-7}};
  for (const auto& [precision, error] : cases) {
    for (const int64_t kernel : {1, 3}) {
      SCOPED_TRACE(testing::Message()
                   << "precision " << static_cast<int>(precision));
      Case c = {Options(2, 37, 7, 7, 5, kernel), MapOrder::kPadded,
                GradMode::kAdd, GradMode::kAdd};
      FusedConvolutionOptions rounding = c.options;
      rounding.precision = precision;
      ASSERT_OK_AND_ASSIGN(const auto fused,
                           MakeFusedConvolutionCuda(rounding, device()));
      FusedConvolutionProblem<float> actual(c.options, c.layout);
      FusedConvolutionProblem<float> expected(c.options, c.layout);
      for (auto* problem : {&actual, &expected}) {
        c.SetUpForward(problem);
        c.SetUpBackward(problem);
      }
      RunForward(fused.get(), &actual);
      FusedConvolutionForwardReference(c.options, expected.forward_args());
      EXPECT_LT(RelativeError(actual.y.tensor().ToVector(),
                              expected.y.tensor().ToVector()),
                error);
      RunBackward(fused.get(), &actual);
      FusedConvolutionBackwardReference(c.options, expected.backward_args());
      EXPECT_LT(RelativeError(actual.dx.tensor().ToVector(),
                              expected.dx.tensor().ToVector()),
                error);
      EXPECT_LT(RelativeError(actual.dw, expected.dw), error);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Orders, FusedConvolutionCudaTest, CudaOrders());

}  // namespace
}  // namespace tamp
