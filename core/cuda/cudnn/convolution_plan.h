// ConvolutionPlan: how cuDNN computes one ConvolutionProblem. Planning needs no
// memory of the device and, for a described device, no device; what can fail on
// a user's net fails there. Executing only runs the plan.

#ifndef TAMP_CORE_CUDA_CUDNN_CONVOLUTION_PLAN_H_
#define TAMP_CORE_CUDA_CUDNN_CONVOLUTION_PLAN_H_

#include <cudnn.h>

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/cuda/cudnn/api/descriptor.h"
#include "core/cuda/cudnn/convolution_problem.h"
#include "core/cuda/cudnn/cudnn_handle.h"
#include "core/cuda/cudnn/engine.h"
#include "core/cuda/cudnn/plan_target.h"

namespace tamp {

class ConvolutionPlan {
 public:
  // Of the memory that whoever executes it lends, and that begins at a multiple
  // of 256 bytes.
  int64_t workspace_bytes() const { return workspace_bytes_; }
  int64_t engine() const { return proposal_.engine; }
  const std::vector<cudnnBackendNumericalNote_t>& notes() const {
    return proposal_.notes;
  }
  bool uses_tensor_cores() const;
  // How many configurations cuDNN proposed until one was taken.
  int num_proposed() const { return num_proposed_; }

  // Queue the work on the handle's stream; they neither wait nor take memory of
  // the device. x, w and y lie as the problem says, and may be views of larger
  // tensors.
  // REQUIRES: the problem has this direction, and was planned for the handle.
  absl::Status Forward(const CudnnHandle& handle, const void* x, const void* w,
                       void* y, void* workspace) const;
  absl::Status InputGradient(const CudnnHandle& handle, void* dx, const void* w,
                             const void* dy, void* workspace) const;
  absl::Status FilterGradient(const CudnnHandle& handle, const void* x,
                              void* dw, const void* dy, void* workspace) const;

 private:
  friend absl::StatusOr<ConvolutionPlan> PlanConvolution(
      const ConvolutionProblem&, const PlanTarget&, int64_t);

  ConvolutionPlan(const ConvolutionProblem& problem,
                  std::vector<CudnnDescriptor> graph, EngineProposal proposal,
                  CudnnDescriptor plan, int64_t workspace_bytes,
                  int num_proposed);

  absl::Status Execute(ConvolutionDirection direction,
                       const CudnnHandle& handle, const void* x, const void* w,
                       const void* y, void* workspace) const;

  ConvolutionProblem problem_;
  // Each refers to those before it.
  std::vector<CudnnDescriptor> graph_;
  EngineProposal proposal_;
  CudnnDescriptor plan_;
  int64_t workspace_bytes_;
  int num_proposed_;
};

// What a layer lends unless it knows better: enough for the copies that cuDNN
// makes of densenet121's largest maps, 32 images in float32, to lay their
// channels side by side for tensor cores.
constexpr int64_t kConvolutionWorkspaceBudget = int64_t{192} << 20;

// The first plan that cuDNN proposes and that will do: same bits each time, the
// problem's math (engine.h), and at most `workspace_budget` bytes of workspace.
// If there is none, the error (kUnimplemented) says why each was left out, and
// how little workspace would do.
absl::StatusOr<ConvolutionPlan> PlanConvolution(
    const ConvolutionProblem& problem, const PlanTarget& target,
    int64_t workspace_budget);

}  // namespace tamp

#endif  // TAMP_CORE_CUDA_CUDNN_CONVOLUTION_PLAN_H_
