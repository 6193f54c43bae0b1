#include "core/cuda/cudnn/convolution_plan.h"

#include <cstdint>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

constexpr ConvolutionDirection kDirections[] = {
    ConvolutionDirection::kForward, ConvolutionDirection::kInputGradient,
    ConvolutionDirection::kFilterGradient};

// Without layouts.
ConvolutionProblem Problem(int64_t num, int64_t channels, int64_t extent,
                           int64_t num_output, int64_t kernel) {
  ConvolutionProblem problem;
  problem.num = num;
  problem.channels = channels;
  problem.height = problem.width = extent;
  problem.num_output = num_output;
  problem.kernel_h = problem.kernel_w = kernel;
  problem.pad_h = problem.pad_w = kernel / 2;
  return problem;
}

// A layer in the first block of densenet40.
ConvolutionProblem DenseLayer() {
  ConvolutionProblem problem = Problem(64, 160, 32, 12, 3);
  LayOutDense(ElementType::kFloat32, TensorOrder::kRowMajor, 256, &problem);
  return problem;
}

class ConvolutionPlanTest : public testing::TestWithParam<const char*> {
 protected:
  absl::StatusOr<ConvolutionPlan> Plan(
      const ConvolutionProblem& problem,
      int64_t budget = kConvolutionWorkspaceBudget) {
    absl::StatusOr<std::string> json = DeviceDescription(GetParam());
    if (!json.ok()) return json.status();
    absl::StatusOr<PlanTarget> target = PlanTarget::Described(*json);
    if (!target.ok()) return target.status();
    return PlanConvolution(problem, *target, budget);
  }

  void ExpectPlans(ConvolutionProblem problem) {
    for (const ConvolutionDirection direction : kDirections) {
      problem.direction = direction;
      const absl::StatusOr<ConvolutionPlan> plan = Plan(problem);
      ASSERT_OK(plan);
      EXPECT_GT(plan->num_proposed(), 0);
      EXPECT_GE(plan->engine(), 0);
      EXPECT_GE(plan->workspace_bytes(), 0);
      EXPECT_EQ(RefusalOf(plan->notes(), problem), "");
    }
  }
};

TEST_P(ConvolutionPlanTest, HasPlansForAwkwardSizes) {
  std::vector<ConvolutionProblem> problems = {
      Problem(1, 37, 7, 5, 3),  Problem(3, 1, 49, 1, 1),
      Problem(2, 12, 1, 31, 1), Problem(32, 3, 224, 64, 7),
      Problem(4, 8, 19, 12, 3), Problem(4, 8, 9, 12, 3),
      Problem(2, 6, 13, 6, 3),
  };
  problems[3].stride_h = problems[3].stride_w = 2;
  problems[4].dilation_h = problems[4].dilation_w = 2;
  problems[4].pad_h = 4;
  problems[4].stride_w = 3;
  problems[5].group = 4;
  problems[6].group = 6;
  problems[6].kernel_w = 5;
  problems[6].pad_w = 0;
  for (ConvolutionProblem& problem : problems) {
    for (const auto math : {ConvolutionMath::kFp32, ConvolutionMath::kTf32}) {
      problem.math = math;
      LayOutDense(ElementType::kFloat32, TensorOrder::kRowMajor, 4, &problem);
      ExpectPlans(problem);
    }
    for (const auto type : {ElementType::kFloat16, ElementType::kBfloat16}) {
      LayOutDense(type, TensorOrder::kChannelsLast, 256, &problem);
      ExpectPlans(problem);
    }
  }
}

// As a layer reads the first channels of a block's buffer and writes its own.
TEST_P(ConvolutionPlanTest, HasPlansForSlicesOfChannels) {
  ConvolutionProblem problem = DenseLayer();
  problem.x.strides[0] = problem.y.strides[0] = 208 * 32 * 32;
  problem.x.alignment = problem.y.alignment = 4;
  for (const auto math : {ConvolutionMath::kFp32, ConvolutionMath::kTf32}) {
    problem.math = math;
    ExpectPlans(problem);
  }
}

TEST_P(ConvolutionPlanTest, HasPlansThatAccumulate) {
  ConvolutionProblem problem = DenseLayer();
  problem.accumulates = true;
  ExpectPlans(problem);
}

TEST_P(ConvolutionPlanTest, TakesTensorCoresWhereTheMathAllows) {
  ConvolutionProblem problem = DenseLayer();
  ASSERT_OK_AND_ASSIGN(const ConvolutionPlan fp32, Plan(problem));
  EXPECT_FALSE(fp32.uses_tensor_cores());
  problem.math = ConvolutionMath::kTf32;
  ASSERT_OK_AND_ASSIGN(const ConvolutionPlan tf32, Plan(problem));
  EXPECT_TRUE(tf32.uses_tensor_cores());
}

TEST_P(ConvolutionPlanTest, KeepsToTheBudget) {
  ConvolutionProblem problem = DenseLayer();
  problem.math = ConvolutionMath::kTf32;
  ASSERT_OK_AND_ASSIGN(const ConvolutionPlan first, Plan(problem));
  ASSERT_GT(first.workspace_bytes(), 0);
  ASSERT_OK_AND_ASSIGN(const ConvolutionPlan exact,
                       Plan(problem, first.workspace_bytes()));
  EXPECT_EQ(exact.workspace_bytes(), first.workspace_bytes());
  ASSERT_OK_AND_ASSIGN(const ConvolutionPlan smaller,
                       Plan(problem, first.workspace_bytes() - 1));
  EXPECT_LT(smaller.workspace_bytes(), first.workspace_bytes());
}

TEST_P(ConvolutionPlanTest, SaysWhyThereIsNone) {
  EXPECT_THAT(
      Plan(DenseLayer(), /*budget=*/-1),
      StatusIs(absl::StatusCode::kUnimplemented,
               AllOf(StartsWith("cuDNN has no plan for forward 3x3 160->12 of "
                                "64x32x32"),
                     HasSubstr(" x tensor cores; "),
                     HasSubstr(" x more workspace than allowed, the least "
                               "being "))));
}

TEST_P(ConvolutionPlanTest, RefusesAResultOfAnotherType) {
  ConvolutionProblem problem = DenseLayer();
  LayOutDense(ElementType::kFloat16, TensorOrder::kChannelsLast, 256, &problem);
  problem.y.type = ElementType::kFloat32;
  EXPECT_THAT(Plan(problem), StatusIs(absl::StatusCode::kUnimplemented,
                                      HasSubstr("nothing is proposed")));
}

TEST_P(ConvolutionPlanTest, SaysWhatIsWrongWithAProblem) {
  ConvolutionProblem problem = DenseLayer();
  problem.y.strides[1] = 1000;  // of channels of 1024 elements
  EXPECT_THAT(Plan(problem),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(StartsWith("forward 3x3 160->12 of 64x32x32"),
                             HasSubstr("cudnnBackendFinalize(operation)"))));
}

INSTANTIATE_TEST_SUITE_P(All, ConvolutionPlanTest,
                         testing::Values("h100", "a100"));

}  // namespace
}  // namespace tamp
