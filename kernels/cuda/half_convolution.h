// HalfConvolution: products of 16 bits for convolutions of float tensors, on
// tensor cores. Factors are packed, channels last, into the workspace; what
// comes out, of 16 bits as well, becomes floats again.

#ifndef TAMP_KERNELS_CUDA_HALF_CONVOLUTION_H_
#define TAMP_KERNELS_CUDA_HALF_CONVOLUTION_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/cuda/cudnn/convolution_plan.h"
#include "core/cuda/cudnn/convolution_plans.h"
#include "core/cuda/cudnn/convolution_problem.h"
#include "core/cuda/queue.h"
#include "kernels/cuda/half_type.h"
#include "kernels/extents.h"
#include "kernels/grad_mode.h"
#include "kernels/strided.h"

namespace tamp {

class HalfConvolution {
 public:
  // The problem's sizes count, its layouts do not. Fails where cuDNN has no
  // plan. plans and queue must outlive it.
  static absl::StatusOr<HalfConvolution> Create(ConvolutionProblem problem,
                                                HalfType type,
                                                bool has_input_gradient,
                                                ConvolutionPlans* plans,
                                                CudaQueue* queue);

  // A workspace begins at a multiple of 256 bytes.
  int64_t forward_workspace_bytes() const;
  int64_t backward_workspace_bytes() const;

  // Of tensors anywhere, and weights that are dense. What fails is noted in the
  // queue.
  void Forward(const Strided<const float>& x, const float* w,
               const Strided<float>& y, void* workspace) const;
  // REQUIRES: has_input_gradient; no mode is kSkip.
  void InputGradient(const Strided<const float>& dy, const float* w,
                     GradMode mode, const Strided<float>& dx,
                     void* workspace) const;
  void FilterGradient(const Strided<const float>& x,
                      const Strided<const float>& dy, GradMode mode, float* dw,
                      void* workspace) const;

 private:
  // Of a workspace: the packed tensors, or their gradients, and cuDNN's own.
  struct Parts {
    char *x, *w, *y, *rest;
  };

  HalfConvolution(const ConvolutionProblem& problem, HalfType type,
                  ConvolutionPlans* plans, CudaQueue* queue);
  Parts In(void* workspace) const;
  int64_t PackedBytes() const;
  void Note(const absl::Status& status) const;

  Extents x_, w_, y_;
  HalfType type_;
  ConvolutionPlans* plans_;
  CudaQueue* queue_;
  const ConvolutionPlan* forward_ = nullptr;
  const ConvolutionPlan* input_gradient_ = nullptr;  // null: there is none
  const ConvolutionPlan* filter_gradient_ = nullptr;
};

}  // namespace tamp

#endif  // TAMP_KERNELS_CUDA_HALF_CONVOLUTION_H_
