#include "core/cuda/cudnn/convolution_plan.h"

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "core/check.h"
#include "core/cuda/cudnn/api/cudnn_status.h"
#include "core/cuda/cudnn/convolution_graph.h"
#include "core/status_macros.h"

namespace tamp {
namespace {

constexpr int64_t kWorkspaceAlignment = 256;

// Why proposals were left out.
class Reasons {
 public:
  void Add(const std::string& reason) { ++counts_[reason]; }
  void Add(const absl::Status& status) {
    if (status.code() == absl::StatusCode::kUnavailable) {
      Add(absl::StrCat("no answer (", status.message(), ")"));
    } else {
      Add(std::string(status.message()));
    }
  }
  void AddWorkspace(int64_t bytes) {
    ++num_above_budget_;
    least_workspace_ = std::min(bytes, least_workspace_);
  }

  std::string ToString() const {
    std::string text;
    for (const auto& [reason, count] : counts_) {
      absl::StrAppend(&text, text.empty() ? "" : "; ", count, " x ", reason);
    }
    if (num_above_budget_ > 0) {
      absl::StrAppend(&text, text.empty() ? "" : "; ", num_above_budget_,
                      " x more workspace than allowed, the least being ",
                      least_workspace_, " bytes");
    }
    return text.empty() ? "nothing is proposed" : text;
  }

 private:
  std::map<std::string, int> counts_;
  int num_above_budget_ = 0;
  int64_t least_workspace_ = std::numeric_limits<int64_t>::max();
};

struct FinalizedPlan {
  EngineProposal proposal;
  CudnnDescriptor plan;
  int64_t workspace_bytes = 0;
};

absl::StatusOr<FinalizedPlan> FinalizePlan(EngineProposal proposal,
                                           const PlanTarget& target) {
  CudnnDescriptor plan(CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR,
                       absl::StrCat("plan of engine ", proposal.engine));
  plan.Set(CUDNN_ATTR_EXECUTION_PLAN_ENGINE_CONFIG, proposal.configuration);
  target.SetOnPlan(&plan);
  RETURN_IF_ERROR(plan.Finalize());
  ASSIGN_OR_RETURN(const int64_t workspace_bytes,
                   plan.GetInt64(CUDNN_ATTR_EXECUTION_PLAN_WORKSPACE_SIZE));
  return FinalizedPlan{std::move(proposal), std::move(plan), workspace_bytes};
}

// The plan of the first proposal that will do, or nothing, and why.
std::optional<FinalizedPlan> TakeFirst(std::vector<EngineProposal> proposals,
                                       const ConvolutionProblem& problem,
                                       const PlanTarget& target,
                                       int64_t workspace_budget,
                                       Reasons* reasons) {
  for (EngineProposal& proposal : proposals) {
    const std::string refusal = RefusalOf(proposal.notes, problem);
    if (!refusal.empty()) {
      reasons->Add(refusal);
      continue;
    }
    absl::StatusOr<FinalizedPlan> plan =
        FinalizePlan(std::move(proposal), target);
    if (!plan.ok()) {
      reasons->Add(plan.status());
    } else if (plan->workspace_bytes > workspace_budget) {
      reasons->AddWorkspace(plan->workspace_bytes);
    } else {
      return *std::move(plan);
    }
  }
  return std::nullopt;
}

bool IsAligned(const void* pointer, int64_t alignment) {
  return reinterpret_cast<uintptr_t>(pointer) %
             static_cast<uintptr_t>(alignment) ==
         0;
}

}  // namespace

ConvolutionPlan::ConvolutionPlan(const ConvolutionProblem& problem,
                                 std::vector<CudnnDescriptor> graph,
                                 EngineProposal proposal, CudnnDescriptor plan,
                                 int64_t workspace_bytes, int num_proposed)
    : problem_(problem),
      graph_(std::move(graph)),
      proposal_(std::move(proposal)),
      plan_(std::move(plan)),
      workspace_bytes_(workspace_bytes),
      num_proposed_(num_proposed) {}

bool ConvolutionPlan::uses_tensor_cores() const {
  return std::count(notes().begin(), notes().end(),
                    CUDNN_NUMERICAL_NOTE_TENSOR_CORE) > 0;
}

absl::StatusOr<ConvolutionPlan> PlanConvolution(
    const ConvolutionProblem& problem, const PlanTarget& target,
    int64_t workspace_budget) {
  absl::StatusOr<std::vector<CudnnDescriptor>> graph =
      MakeConvolutionGraph(problem, target);
  if (!graph.ok()) {
    return absl::Status(
        graph.status().code(),
        absl::StrCat(ToString(problem), ": ", graph.status().message()));
  }
  Reasons reasons;
  int num_proposed = 0;
  for (const cudnnBackendHeurMode_t mode :
       {CUDNN_HEUR_MODE_A, CUDNN_HEUR_MODE_FALLBACK}) {
    absl::StatusOr<std::vector<EngineProposal>> proposals =
        ProposeEngines(graph->back(), target, mode);
    if (!proposals.ok()) {
      reasons.Add(proposals.status());
      continue;
    }
    num_proposed += static_cast<int>(proposals->size());
    std::optional<FinalizedPlan> taken = TakeFirst(
        *std::move(proposals), problem, target, workspace_budget, &reasons);
    if (taken) {
      return ConvolutionPlan(problem, *std::move(graph),
                             std::move(taken->proposal), std::move(taken->plan),
                             taken->workspace_bytes, num_proposed);
    }
  }
  return absl::UnimplementedError(absl::StrCat(
      "cuDNN has no plan for ", ToString(problem), ": ", reasons.ToString()));
}

absl::Status ConvolutionPlan::Forward(const CudnnHandle& handle, const void* x,
                                      const void* w, void* y,
                                      void* workspace) const {
  return Execute(ConvolutionDirection::kForward, handle, x, w, y, workspace);
}

absl::Status ConvolutionPlan::InputGradient(const CudnnHandle& handle, void* dx,
                                            const void* w, const void* dy,
                                            void* workspace) const {
  return Execute(ConvolutionDirection::kInputGradient, handle, dx, w, dy,
                 workspace);
}

absl::Status ConvolutionPlan::FilterGradient(const CudnnHandle& handle,
                                             const void* x, void* dw,
                                             const void* dy,
                                             void* workspace) const {
  return Execute(ConvolutionDirection::kFilterGradient, handle, x, dw, dy,
                 workspace);
}

absl::Status ConvolutionPlan::Execute(ConvolutionDirection direction,
                                      const CudnnHandle& handle, const void* x,
                                      const void* w, const void* y,
                                      void* workspace) const {
  CHECK(direction == problem_.direction);
  CHECK(IsAligned(x, problem_.x.alignment));
  CHECK(IsAligned(w, problem_.w.alignment));
  CHECK(IsAligned(y, problem_.y.alignment));
  CHECK(workspace_bytes_ == 0 || workspace != nullptr);
  CHECK(IsAligned(workspace, kWorkspaceAlignment));
  const std::array<int64_t, 3> ids = {kConvolutionX, kConvolutionW,
                                      kConvolutionY};
  // cuDNN knows from the operation which of them it writes.
  const std::array<void*, 3> pointers = {
      const_cast<void*>(x), const_cast<void*>(w), const_cast<void*>(y)};
  CudnnDescriptor pack(CUDNN_BACKEND_VARIANT_PACK_DESCRIPTOR, "variant pack");
  pack.Set(CUDNN_ATTR_VARIANT_PACK_UNIQUE_IDS, absl::MakeConstSpan(ids));
  pack.Set(CUDNN_ATTR_VARIANT_PACK_DATA_POINTERS,
           absl::MakeConstSpan(pointers));
  pack.Set(CUDNN_ATTR_VARIANT_PACK_WORKSPACE, workspace);
  RETURN_IF_ERROR(pack.Finalize());
  const cudnnStatus_t answer =
      cudnnBackendExecute(handle.get(), plan_.get(), pack.get());
  // No text where all is well: a step has hundreds of these calls.
  if (answer == CUDNN_STATUS_SUCCESS) return absl::OkStatus();
  return CudnnStatus(
      answer, absl::StrCat("cudnnBackendExecute of ", ToString(problem_)));
}

}  // namespace tamp
