#include "layers/fused_convolution/cuda/output_norm.h"

#include <cstdint>
#include <limits>
#include <vector>

#include "gtest/gtest.h"
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

class OutputNormTest : public CudaKernelTest {};

TEST_P(OutputNormTest, ScalesWeightsAndLeavesShifts) {
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  for (const int64_t num_output : {1, 37, 1100}) {
    for (const int64_t kernel : {1, 3}) {
      FusedConvolutionOptions o;
      o.num = o.height = o.width = 1;
      o.channels = num_output == 1 ? 300 : 2;
      o.num_output = num_output;
      o.kernel = kernel;
      o.shifts_output = true;
      FusedConvolutionProblem<float> problem(o, MapOrder::kDense);
      const FusedConvolutionForwardArgs<float> expected =
          problem.forward_args();
      std::vector<float> w(problem.w.size(), kNan), shifts(num_output, kNan);
      FusedConvolutionMirror mirror(&problem, &device());
      mirror.Add(&w);
      mirror.Add(&shifts);
      const auto args = mirror.forward_args();
      FoldOutputNorm(queue(), o, args.output_norm, args.w, mirror.At(w.data()),
                     mirror.At(shifts.data()));
      mirror.CopyBack();
      EXPECT_TRUE(AllClose(w, ToFloats(ForwardWeight(o, expected)), 1));
      for (int64_t k = 0; k < num_output; ++k) {
        EXPECT_FLOAT_EQ(shifts[k], OutputShift(expected.output_norm, k));
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Orders, OutputNormTest, CudaOrders());

}  // namespace
}  // namespace tamp
