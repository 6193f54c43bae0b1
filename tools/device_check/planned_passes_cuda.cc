#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "core/cuda/cudnn/convolution_plan.h"
#include "core/cuda/cudnn/engine.h"
#include "core/cuda/cudnn/plan_target.h"
#include "core/files/read_file.h"
#include "core/status_macros.h"
#include "tools/device_check/planned_passes.h"

namespace tamp {
namespace {

constexpr int64_t kMaxDescriptionBytes = 1 << 20;

absl::StatusOr<std::string> ReadDescription(const std::string& device) {
  absl::StatusOr<std::string> known = DeviceDescription(device);
  if (known.ok()) return known;
  absl::StatusOr<std::string> file = ReadFile(device, kMaxDescriptionBytes);
  if (!absl::IsNotFound(file.status())) return file;
  return absl::NotFoundError(
      absl::StrCat(known.status().message(), ", and there is no such file"));
}

PlannedPass PlanPass(const std::string& layer,
                     const ConvolutionProblem& problem,
                     const PlanTarget& target, int64_t workspace_budget) {
  PlannedPass pass;
  pass.layer = layer;
  pass.problem = problem;
  const absl::StatusOr<ConvolutionPlan> plan =
      PlanConvolution(problem, target, workspace_budget);
  if (!plan.ok()) {
    pass.refusal = std::string(plan.status().message());
    return pass;
  }
  pass.engine = plan->engine();
  pass.notes = NoteNames(plan->notes());
  pass.workspace_bytes = plan->workspace_bytes();
  pass.num_proposed = plan->num_proposed();
  return pass;
}

}  // namespace

absl::StatusOr<std::vector<PlannedPass>> PlanPasses(
    const std::vector<NetConvolution>& convolutions,
    const PlanningOptions& options) {
  std::vector<ConvolutionDirection> directions = {
      ConvolutionDirection::kForward};
  if (options.phase == TRAIN) {
    directions.push_back(ConvolutionDirection::kInputGradient);
    directions.push_back(ConvolutionDirection::kFilterGradient);
  }
  ASSIGN_OR_RETURN(const std::string description,
                   ReadDescription(options.device));
  ASSIGN_OR_RETURN(const PlanTarget target, PlanTarget::Described(description));
  std::vector<PlannedPass> passes;
  for (const NetConvolution& convolution : convolutions) {
    for (const ConvolutionDirection direction : directions) {
      passes.push_back(
          PlanPass(convolution.layer,
                   ProblemOf(convolution.options, direction, options.precision),
                   target, options.workspace_budget));
    }
  }
  return passes;
}

}  // namespace tamp
