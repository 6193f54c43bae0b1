// ConvolutionPlans: cuDNN on a device's queue, and all plans that were made for
// it. Layers of the same sizes share theirs.

#ifndef TAMP_CORE_CUDA_CUDNN_CONVOLUTION_PLANS_H_
#define TAMP_CORE_CUDA_CUDNN_CONVOLUTION_PLANS_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "core/cuda/cudnn/convolution_plan.h"
#include "core/cuda/cudnn/convolution_problem.h"
#include "core/cuda/cudnn/cudnn_handle.h"
#include "core/cuda/cudnn/plan_target.h"
#include "core/cuda/queue.h"

namespace tamp {

class ConvolutionPlans {
 public:
  // The queue must outlive the plans.
  static absl::StatusOr<std::unique_ptr<ConvolutionPlans>> Create(
      CudaQueue* queue);

  // For a device that is only described (plan_target.h): nobody executes them.
  static absl::StatusOr<std::unique_ptr<ConvolutionPlans>> CreateDescribed(
      const std::string& description);

  // Executes the plans. REQUIRES: the device is more than described.
  const CudnnHandle& handle() const { return *handle_; }

  // A plan of at most so much workspace: made, unless there is one. It lives as
  // long as this.
  absl::StatusOr<const ConvolutionPlan*> Find(const ConvolutionProblem& problem,
                                              int64_t workspace_budget);

  // How many were made.
  int64_t count() const { return count_; }

 private:
  explicit ConvolutionPlans(CudnnHandle handle)
      : handle_(std::move(handle)), target_(*handle_) {}
  explicit ConvolutionPlans(PlanTarget described)
      : target_(std::move(described)) {}

  const std::optional<CudnnHandle> handle_;
  const PlanTarget target_;
  // Of each problem, by its text, in the order in which they were made.
  std::map<std::string, std::vector<std::unique_ptr<ConvolutionPlan>>> plans_;
  int64_t count_ = 0;
};

}  // namespace tamp

#endif  // TAMP_CORE_CUDA_CUDNN_CONVOLUTION_PLANS_H_
