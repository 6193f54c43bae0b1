#include "core/cuda/cudnn/convolution_plans.h"

#include "absl/memory/memory.h"
#include "core/status_macros.h"

namespace tamp {

absl::StatusOr<std::unique_ptr<ConvolutionPlans>> ConvolutionPlans::Create(
    CudaQueue* queue) {
  ASSIGN_OR_RETURN(CudnnHandle handle, CudnnHandle::Create(queue->stream()));
  return absl::WrapUnique(new ConvolutionPlans(std::move(handle)));
}

absl::StatusOr<std::unique_ptr<ConvolutionPlans>>
ConvolutionPlans::CreateDescribed(const std::string& description) {
  ASSIGN_OR_RETURN(PlanTarget target, PlanTarget::Described(description));
  return absl::WrapUnique(new ConvolutionPlans(std::move(target)));
}

absl::StatusOr<const ConvolutionPlan*> ConvolutionPlans::Find(
    const ConvolutionProblem& problem, int64_t workspace_budget) {
  auto& plans = plans_[ToString(problem)];
  for (const auto& plan : plans) {
    if (plan->workspace_bytes() <= workspace_budget) return plan.get();
  }
  ASSIGN_OR_RETURN(ConvolutionPlan plan,
                   PlanConvolution(problem, target_, workspace_budget));
  plans.push_back(std::make_unique<ConvolutionPlan>(std::move(plan)));
  ++count_;
  return plans.back().get();
}

}  // namespace tamp
