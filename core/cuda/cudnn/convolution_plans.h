// ConvolutionPlans: cuDNN on a device's queue, and all plans that were made for
// it. Layers of the same sizes share theirs.

#ifndef TAMP_CORE_CUDA_CUDNN_CONVOLUTION_PLANS_H_
#define TAMP_CORE_CUDA_CUDNN_CONVOLUTION_PLANS_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "core/cuda/cudnn/convolution_plan.h"
#include "core/cuda/cudnn/convolution_problem.h"
#include "core/cuda/cudnn/cudnn_handle.h"
#include "core/cuda/queue.h"

namespace tamp {

class ConvolutionPlans {
 public:
  // The queue must outlive the plans.
  static absl::StatusOr<std::unique_ptr<ConvolutionPlans>> Create(
      CudaQueue* queue);

  // Executes the plans.
  const CudnnHandle& handle() const { return handle_; }

  // A plan of at most so much workspace: made, unless there is one. It lives as
  // long as this.
  absl::StatusOr<const ConvolutionPlan*> Find(const ConvolutionProblem& problem,
                                              int64_t workspace_budget);

 private:
  explicit ConvolutionPlans(CudnnHandle handle) : handle_(std::move(handle)) {}

  const CudnnHandle handle_;
  // Of each problem, by its text, in the order in which they were made.
  std::map<std::string, std::vector<std::unique_ptr<ConvolutionPlan>>> plans_;
};

}  // namespace tamp

#endif  // TAMP_CORE_CUDA_CUDNN_CONVOLUTION_PLANS_H_
