#include "tools/device_check/passes_report.h"

#include <string>

#include "gtest/gtest.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

PlannedPass Pass(ConvolutionDirection direction) {
  PlannedPass pass;
  pass.layer = "block1/2/conv";
  pass.problem.direction = direction;
  pass.problem.kernel_h = pass.problem.kernel_w = 3;
  pass.problem.channels = 76;
  pass.problem.num_output = 12;
  pass.problem.num = 64;
  pass.problem.height = pass.problem.width = 32;
  return pass;
}

TEST(PassesReportTest, ShowsPlansAndRefusals) {
  PlannedPass forward = Pass(ConvolutionDirection::kForward);
  forward.engine = 67;
  forward.num_proposed = 34;
  forward.notes = "tensor cores";
  forward.workspace_bytes = 3 << 20;
  PlannedPass backward = Pass(ConvolutionDirection::kInputGradient);
  backward.refusal = "cuDNN has no plan: 3 x FFT";
  EXPECT_EQ(
      PassesText({forward, backward}),
      "layer          pass            convolution             engine  of  "
      "workspace  notes\n" +
          std::string(90, '-') +
          "\n"
          "block1/2/conv  forward         3x3 76->12 of 64x32x32      67  34  "
          " 3.00 MiB  tensor cores\n"
          "block1/2/conv  input gradient  3x3 76->12 of 64x32x32    none\n"
          "block1/2/conv: cuDNN has no plan: 3 x FFT\n"
          "2 passes, 1 without a plan; workspace up to 3.00 MiB\n");
  EXPECT_OK(CheckPasses({forward, forward}));
  EXPECT_THAT(CheckPasses({forward, backward}),
              StatusIs(absl::StatusCode::kUnimplemented,
                       testing::StartsWith("1 of 2 passes have no plan")));
  EXPECT_EQ(LargestWorkspace({backward, forward, backward}), 3 << 20);
}

}  // namespace
}  // namespace tamp
