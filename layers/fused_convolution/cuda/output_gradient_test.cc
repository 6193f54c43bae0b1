#include "layers/fused_convolution/cuda/output_gradient.h"

#include <vector>

#include "gtest/gtest.h"
#include "kernels/cuda/fused_norm_cuda.h"
#include "kernels/fused_norm.h"
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

class OutputGradientTest : public CudaKernelTest {
 protected:
  void Check(const FusedConvolutionOptions& o, MapOrder order) {
    SCOPED_TRACE(Describe(o, order));
    FusedConvolutionProblem<float> problem(o, order);
    problem.MakeOutputStatisticsExact();
    problem.FillGrid(&problem.y);
    const DenseMaps expected = OutputGradient(o, problem.backward_args());
    std::vector<float> dy = Unwritten(expected);
    std::vector<float> memory(NumFinishingTerms(o.num_output));
    FusedConvolutionMirror mirror(&problem, &device());
    mirror.Add(&dy);
    mirror.Add(&memory);
    const auto args = mirror.backward_args();
    FinishingTerms<float> terms;
    if (o.has_statistics) {
      terms = FinishingTermsAt(mirror.At(memory.data()), o.num_output);
      PrepareFinishing(queue(), args.finishing, o.num_output,
                       o.num * o.output_size(), terms);
    }
    FinishOutputGradient(queue(), o, args, {terms.p, terms.q, terms.r},
                         mirror.At(dy.data()));
    mirror.CopyBack();
    EXPECT_TRUE(AllClose(dy, ToFloats(expected.data), 4));
  }
};

TEST_P(OutputGradientTest, EqualsReference) {
  for (FusedConvolutionOptions o : PartSizes()) {
    for (const MapOrder order : kMapOrders) {
      for (const bool drops : {false, true}) {
        o.drops = drops;
        for (const bool has_statistics : {false, true}) {
          o.has_statistics = has_statistics;
          Check(o, order);
        }
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Orders, OutputGradientTest, CudaOrders());

}  // namespace
}  // namespace tamp
