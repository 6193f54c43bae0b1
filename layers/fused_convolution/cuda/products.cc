#include "layers/fused_convolution/cuda/products.h"

#include <algorithm>
#include <string>

#include "absl/status/status.h"
#include "core/cuda/cudnn/convolution_problem.h"
#include "core/status_macros.h"
#include "kernels/cuda/half_convolution.h"
#include "kernels/cuda/half_type.h"
#include "kernels/product_precision.h"

namespace tamp {
namespace {

constexpr int64_t kAlignment = 16;  // bytes

ConvolutionProblem ProblemOf(const FusedConvolutionOptions& o) {
  ConvolutionProblem problem;
  problem.num = o.num;
  problem.channels = o.channels;
  problem.height = o.z_height();
  problem.width = o.z_width();
  problem.num_output = o.num_output;
  problem.kernel_h = problem.kernel_w = o.kernel;
  problem.pad_h = problem.pad_w = o.gathers ? o.pad : o.kernel / 2;
  problem.stride_h = problem.stride_w = o.stride;
  if (o.precision == ProductPrecision::kTf32) {
    problem.math = ConvolutionMath::kTf32;
  }
  LayOutDense(ElementType::kFloat32, TensorOrder::kRowMajor, kAlignment,
              &problem);
  return problem;
}

}  // namespace

absl::StatusOr<Products> Products::Create(
    const FusedConvolutionOptions& options, ConvolutionPlans* plans,
    CudaQueue* queue) {
  Products products(plans, queue);
  const bool is_half = options.precision == ProductPrecision::kFp16 ||
                       options.precision == ProductPrecision::kBf16;
  RETURN_IF_ERROR(is_half ? products.PlanHalf(options)
                          : products.Plan(options));
  return products;
}

absl::Status Products::Plan(const FusedConvolutionOptions& options) {
  ConvolutionProblem problem = ProblemOf(options);
  const auto find =
      [&](ConvolutionDirection direction,
          int64_t* bytes) -> absl::StatusOr<const ConvolutionPlan*> {
    problem.direction = direction;
    ASSIGN_OR_RETURN(const ConvolutionPlan* plan,
                     plans_.Find(problem, kConvolutionWorkspaceBudget));
    *bytes = std::max(*bytes, plan->workspace_bytes());
    return plan;
  };
  ASSIGN_OR_RETURN(forward_, find(ConvolutionDirection::kForward,
                                  &forward_workspace_bytes_));
  if (!options.gathers) {
    ASSIGN_OR_RETURN(input_gradient_, find(ConvolutionDirection::kInputGradient,
                                           &backward_workspace_bytes_));
  }
  ASSIGN_OR_RETURN(filter_gradient_, find(ConvolutionDirection::kFilterGradient,
                                          &backward_workspace_bytes_));
  problem.accumulates = true;
  ASSIGN_OR_RETURN(
      added_filter_gradient_,
      find(ConvolutionDirection::kFilterGradient, &backward_workspace_bytes_));
  return absl::OkStatus();
}

absl::Status Products::PlanHalf(const FusedConvolutionOptions& options) {
  ASSIGN_OR_RETURN(
      half_, HalfConvolution::Create(
                 ProblemOf(options),
                 options.precision == ProductPrecision::kFp16 ? HalfType::kFp16
                                                              : HalfType::kBf16,
                 /*has_input_gradient=*/!options.gathers, &plans_, &queue_));
  forward_workspace_bytes_ = half_->forward_workspace_bytes();
  backward_workspace_bytes_ = half_->backward_workspace_bytes();
  z_map_ = options.z_size();
  z_image_ = options.channels * z_map_;
  y_map_ = options.output_size();
  y_image_ = options.num_output * y_map_;
  return absl::OkStatus();
}

void Products::Forward(const float* z, const float* w, float* y,
                       void* workspace) const {
  if (half_.has_value()) {
    half_->Forward(Z(z), w, {y, y_image_, y_map_}, workspace);
    return;
  }
  Note(forward_->Forward(plans_.handle(), z, w, y, workspace));
}

void Products::InputGradient(const float* dy, const float* w, float* dz,
                             void* workspace) const {
  if (half_.has_value()) {
    half_->InputGradient(Y(dy), w, GradMode::kWrite, {dz, z_image_, z_map_},
                         workspace);
    return;
  }
  Note(input_gradient_->InputGradient(plans_.handle(), dz, w, dy, workspace));
}

void Products::FilterGradient(const float* z, const float* dy, GradMode mode,
                              float* dw, void* workspace) const {
  if (half_.has_value()) {
    half_->FilterGradient(Z(z), Y(dy), mode, dw, workspace);
    return;
  }
  const ConvolutionPlan& plan =
      mode == GradMode::kAdd ? *added_filter_gradient_ : *filter_gradient_;
  Note(plan.FilterGradient(plans_.handle(), z, dw, dy, workspace));
}

void Products::Note(const absl::Status& status) const {
  if (status.ok()) return;
  queue_.Fail(std::string(status.message()), "convolution", __FILE__, __LINE__);
}

}  // namespace tamp
