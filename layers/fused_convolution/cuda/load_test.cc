#include "layers/fused_convolution/cuda/load.h"

#include <vector>

#include "gtest/gtest.h"
#include "kernels/fused_norm.h"
#include "kernels/fused_norm_reference.h"
#include "layers/fused_convolution/cuda/part_test_cases.h"
#include "layers/fused_convolution/fused_convolution_kernel.h"
#include "layers/fused_convolution/fused_convolution_reference.h"
#include "layers/fused_convolution/fused_convolution_test_mirror.h"
#include "layers/fused_convolution/fused_convolution_test_problem.h"
#include "tests/util/devices/cuda_kernel_test.h"
#include "tests/util/tensor_matchers.h"
#include "tests/util/test_maps.h"

namespace tamp {
namespace {

class LoadTest : public CudaKernelTest {
 protected:
  void Check(const FusedConvolutionOptions& o, MapOrder order) {
    SCOPED_TRACE(Describe(o, order));
    FusedConvolutionProblem<float> problem(o, order);
    if (o.normalizes) {
      PrepareFusedNormReference(problem.forward_args().norm, o.channels,
                                o.num * o.height * o.width);
    }
    const DenseMaps expected = ConvolutionInput(o, problem.forward_args());
    std::vector<float> z = Unwritten(expected);
    FusedConvolutionMirror mirror(&problem, &device());
    mirror.Add(&z);
    const auto args = mirror.forward_args();
    LoadInput(queue(), o, args.x,
              FusedNormTermsAt<const float>(args.norm.terms, o.channels),
              mirror.At(z.data()));
    mirror.CopyBack();
    EXPECT_TRUE(AllClose(z, ToFloats(expected.data), 1));
  }
};

TEST_P(LoadTest, EqualsReference) {
  for (FusedConvolutionOptions o : PartSizes()) {
    for (const MapOrder order : kMapOrders) {
      for (const bool normalizes : {false, true}) {
        o.normalizes = normalizes;
        for (const bool pools : {false, true}) {
          o.pools = pools && CanPool(o);
          Check(o, order);
        }
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Orders, LoadTest, CudaOrders());

}  // namespace
}  // namespace tamp
