// NVIDIA's cuDNN, which plans for devices that are only described, as judge of
// all that the networks' convolutions will ask of it. Engines that compile code
// when they plan need a driver's library: without one cuDNN leaves them out in
// silence, so that a plan found here is one of those that a device has, not
// always the one that it takes.

#include <algorithm>
#include <cstdint>
#include <iostream>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/cuda/cudnn/convolution_plan.h"
#include "core/cuda/cudnn/convolution_problem.h"
#include "core/cuda/cudnn/plan_target.h"
#include "gtest/gtest.h"
#include "net/graph/parameter_store.h"
#include "net/planned_net.h"
#include "proto/text_format.h"
#include "tests/util/status_matchers.h"
#include "tests/util/test_backend.h"
#include "tools/device_check/net_convolutions.h"

namespace tamp {
namespace {

struct Model {
  const char* name;
  int64_t batch_size;
  // The first, two of each layer of a BC net or one, one of each transition.
  size_t num_convolutions;
};

constexpr Model kModels[] = {{"densenet40", 64, 1 + 36 + 2},
                             {"densenet_bc121", 32, 1 + 2 * 58 + 3},
                             {"densenet121", 32, 1 + 2 * 58 + 3}};
constexpr ConvolutionDirection kDirections[] = {
    ConvolutionDirection::kForward, ConvolutionDirection::kInputGradient,
    ConvolutionDirection::kFilterGradient};

absl::StatusOr<std::vector<NetConvolution>> ConvolutionsOf(const Model& model) {
  absl::StatusOr<NetParameter> net =
      ReadNetFile(absl::StrCat("net/", model.name, ".prototxt"));
  if (!net.ok()) return net.status();
  NetOptions options;
  options.backend = TestBackend();
  options.batch_size = model.batch_size;
  ParameterStore parameters;
  absl::StatusOr<PlannedNet> planned = PlanNet(*net, options, &parameters);
  if (!planned.ok()) return planned.status();
  return FindConvolutions(planned->graph);
}

// What cuDNN had to say about one net in one precision.
struct Verdict {
  int num_problems = 0;
  int fewest_proposals = 1 << 30, most_proposals = 0;
  int64_t largest_workspace = 0;
  int on_tensor_cores = 0;

  void Add(const ConvolutionPlan& plan) {
    ++num_problems;
    fewest_proposals = std::min(fewest_proposals, plan.num_proposed());
    most_proposals = std::max(most_proposals, plan.num_proposed());
    largest_workspace = std::max(largest_workspace, plan.workspace_bytes());
    on_tensor_cores += plan.uses_tensor_cores();
  }
};

// Plans each problem of the net once.
Verdict Judge(const std::vector<NetConvolution>& convolutions,
              DevicePrecision precision, const PlanTarget& target) {
  Verdict verdict;
  std::set<std::string> seen;
  for (const NetConvolution& convolution : convolutions) {
    for (const ConvolutionDirection direction : kDirections) {
      const ConvolutionProblem problem =
          ProblemOf(convolution.options, direction, precision);
      if (!seen.insert(ToString(problem)).second) continue;
      const absl::StatusOr<ConvolutionPlan> plan =
          PlanConvolution(problem, target, kConvolutionWorkspaceBudget);
      EXPECT_OK(plan) << convolution.layer;
      if (plan.ok()) verdict.Add(*plan);
    }
  }
  return verdict;
}

std::string ToString(const Verdict& verdict) {
  return absl::StrCat(verdict.num_problems, " plans, taken from ",
                      verdict.fewest_proposals, " to ", verdict.most_proposals,
                      " proposals, ", verdict.on_tensor_cores,
                      " of them on tensor cores, workspace up to ",
                      verdict.largest_workspace, " bytes");
}

class CudnnPlansTest : public testing::TestWithParam<const char*> {};

TEST_P(CudnnPlansTest, EveryConvolutionHasAPlanWithinTheBudget) {
  ASSERT_OK_AND_ASSIGN(const std::string description,
                       DeviceDescription(GetParam()));
  ASSERT_OK_AND_ASSIGN(const PlanTarget target,
                       PlanTarget::Described(description));
  for (const Model& model : kModels) {
    ASSERT_OK_AND_ASSIGN(const std::vector<NetConvolution> convolutions,
                         ConvolutionsOf(model));
    EXPECT_EQ(convolutions.size(), model.num_convolutions) << model.name;
    for (const DevicePrecision precision : kAllDevicePrecisions) {
      const Verdict verdict = Judge(convolutions, precision, target);
      std::cout << GetParam() << ", " << model.name << ", "
                << ToString(precision) << ": " << ToString(verdict) << "\n";
      if (precision == DevicePrecision::kFp32) {
        EXPECT_EQ(verdict.on_tensor_cores, 0);
      } else {
        EXPECT_GT(verdict.on_tensor_cores, verdict.num_problems / 2);
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, CudnnPlansTest, testing::Values("h100", "a100"));

}  // namespace
}  // namespace tamp
