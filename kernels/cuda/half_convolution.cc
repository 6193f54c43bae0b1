#include "kernels/cuda/half_convolution.h"

#include <algorithm>
#include <string>

#include "core/status_macros.h"
#include "kernels/cuda/channels_last.h"

namespace tamp {
namespace {

constexpr int64_t kAlignment = 256;  // of the parts of the workspace

int64_t PackedSize(const Extents& extents) {
  const int64_t bytes = ChannelsLastBytes(extents);
  return (bytes + kAlignment - 1) / kAlignment * kAlignment;
}

template <typename T>
Strided<T> Dense(T* data, const Extents& extents) {
  return {data, extents.channels * extents.spatial, extents.spatial};
}

}  // namespace

HalfConvolution::HalfConvolution(const ConvolutionProblem& problem,
                                 HalfType type, ConvolutionPlans* plans,
                                 CudaQueue* queue)
    : x_{problem.num, problem.channels, problem.height * problem.width},
      w_{problem.num_output, problem.channels / problem.group,
         problem.kernel_h * problem.kernel_w},
      y_{problem.num, problem.num_output,
         problem.output_h() * problem.output_w()},
      type_(type),
      plans_(plans),
      queue_(queue) {}

absl::StatusOr<HalfConvolution> HalfConvolution::Create(
    ConvolutionProblem problem, HalfType type, bool has_input_gradient,
    ConvolutionPlans* plans, CudaQueue* queue) {
  HalfConvolution half(problem, type, plans, queue);
  problem.accumulates = false;
  LayOutDense(
      type == HalfType::kFp16 ? ElementType::kFloat16 : ElementType::kBfloat16,
      TensorOrder::kChannelsLast, kAlignment, &problem);
  const auto find = [&](ConvolutionDirection direction) {
    problem.direction = direction;
    return plans->Find(problem, kConvolutionWorkspaceBudget);
  };
  ASSIGN_OR_RETURN(half.forward_, find(ConvolutionDirection::kForward));
  ASSIGN_OR_RETURN(half.filter_gradient_,
                   find(ConvolutionDirection::kFilterGradient));
  if (has_input_gradient) {
    ASSIGN_OR_RETURN(half.input_gradient_,
                     find(ConvolutionDirection::kInputGradient));
  }
  return half;
}

int64_t HalfConvolution::forward_workspace_bytes() const {
  return PackedBytes() + forward_->workspace_bytes();
}

int64_t HalfConvolution::backward_workspace_bytes() const {
  int64_t bytes = filter_gradient_->workspace_bytes();
  if (input_gradient_ != nullptr) {
    bytes = std::max(bytes, input_gradient_->workspace_bytes());
  }
  return PackedBytes() + bytes;
}

void HalfConvolution::Forward(const Strided<const float>& x, const float* w,
                              const Strided<float>& y, void* workspace) const {
  const Parts parts = In(workspace);
  PackChannelsLast(*queue_, x_, x, type_, parts.x);
  PackChannelsLast(*queue_, w_, Dense(w, w_), type_, parts.w);
  Note(forward_->Forward(plans_->handle(), parts.x, parts.w, parts.y,
                         parts.rest));
  UnpackChannelsLast(*queue_, y_, parts.y, type_, GradMode::kWrite, y);
}

void HalfConvolution::InputGradient(const Strided<const float>& dy,
                                    const float* w, GradMode mode,
                                    const Strided<float>& dx,
                                    void* workspace) const {
  const Parts parts = In(workspace);
  PackChannelsLast(*queue_, y_, dy, type_, parts.y);
  PackChannelsLast(*queue_, w_, Dense(w, w_), type_, parts.w);
  Note(input_gradient_->InputGradient(plans_->handle(), parts.x, parts.w,
                                      parts.y, parts.rest));
  UnpackChannelsLast(*queue_, x_, parts.x, type_, mode, dx);
}

void HalfConvolution::FilterGradient(const Strided<const float>& x,
                                     const Strided<const float>& dy,
                                     GradMode mode, float* dw,
                                     void* workspace) const {
  const Parts parts = In(workspace);
  PackChannelsLast(*queue_, x_, x, type_, parts.x);
  PackChannelsLast(*queue_, y_, dy, type_, parts.y);
  Note(filter_gradient_->FilterGradient(plans_->handle(), parts.x, parts.w,
                                        parts.y, parts.rest));
  UnpackChannelsLast(*queue_, w_, parts.w, type_, mode, Dense(dw, w_));
}

HalfConvolution::Parts HalfConvolution::In(void* workspace) const {
  char* const x = static_cast<char*>(workspace);
  char* const w = x + PackedSize(x_);
  char* const y = w + PackedSize(w_);
  return {x, w, y, y + PackedSize(y_)};
}

int64_t HalfConvolution::PackedBytes() const {
  return PackedSize(x_) + PackedSize(w_) + PackedSize(y_);
}

void HalfConvolution::Note(const absl::Status& status) const {
  if (status.ok()) return;
  queue_->Fail(std::string(status.message()), "convolution", __FILE__,
               __LINE__);
}

}  // namespace tamp
