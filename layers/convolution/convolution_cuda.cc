// Products by cuDNN, on tensors where they lie: a plan for each direction and
// each way of lying. The plans of dense tensors are made with the kernel; what
// workspace they need, the others must do with.

#include "layers/convolution/convolution_cuda.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "core/cuda/cuda_device.h"
#include "core/cuda/cudnn/convolution_plan.h"
#include "core/cuda/cudnn/convolution_plans.h"
#include "core/cuda/cudnn/convolution_problem.h"
#include "core/cuda/queue.h"
#include "core/status_macros.h"
#include "kernels/extents.h"
#include "kernels/grad_mode.h"
#include "kernels/product_precision.h"
#include "kernels/strided.h"
#include "layers/convolution/cuda/bias.h"
#include "layers/convolution/cuda/half_convolution.h"
#include "layers/convolution/cuda/problem.h"

namespace tamp {
namespace {

template <typename T>
void LayOut(const Strided<T>& tensor, TensorLayout* layout) {
  layout->strides[0] = tensor.image_stride;
  layout->strides[1] = tensor.channel_stride;
}

class ConvolutionCuda : public ConvolutionKernel {
 public:
  ConvolutionCuda(const ConvolutionOptions& options, CudaQueue& queue,
                  ConvolutionPlans* plans)
      : options_(options), queue_(queue), plans_(plans) {}

  // Makes the dense plans, those that write and those that add.
  absl::Status Plan() {
    RETURN_IF_ERROR(PlanDense(ConvolutionDirection::kForward, false,
                              &forward_workspace_bytes_));
    for (const ConvolutionDirection direction :
         {ConvolutionDirection::kInputGradient,
          ConvolutionDirection::kFilterGradient}) {
      for (const bool accumulates : {false, true}) {
        RETURN_IF_ERROR(
            PlanDense(direction, accumulates, &backward_workspace_bytes_));
      }
    }
    return absl::OkStatus();
  }

  int64_t forward_workspace_bytes() const override {
    return forward_workspace_bytes_;
  }
  int64_t backward_workspace_bytes() const override {
    return backward_workspace_bytes_;
  }

  void Forward(const ConvolutionForwardArgs<float>& args) override {
    ConvolutionProblem problem =
        ProblemOf(options_, ConvolutionDirection::kForward);
    LayOut(args.x, &problem.x);
    LayOut(args.y, &problem.y);
    Run(problem, forward_workspace_bytes_, [&](const ConvolutionPlan& plan) {
      return plan.Forward(plans_->handle(), args.x.data, args.w, args.y.data,
                          args.workspace);
    });
    if (args.bias != nullptr) AddBias(queue_, YExtents(), args.bias, args.y);
  }

  void Backward(const ConvolutionBackwardArgs<float>& args) override {
    if (args.dbias_mode != GradMode::kSkip) {
      SumToBias(queue_, YExtents(), args.dy, args.dbias_mode, args.dbias);
    }
    if (args.dw_mode != GradMode::kSkip) FilterGradient(args);
    if (args.dx_mode != GradMode::kSkip) InputGradient(args);
  }

 private:
  // Raises *workspace_bytes to what the plan needs.
  absl::Status PlanDense(ConvolutionDirection direction, bool accumulates,
                         int64_t* workspace_bytes) {
    ConvolutionProblem problem = ProblemOf(options_, direction);
    problem.accumulates = accumulates;
    ASSIGN_OR_RETURN(const ConvolutionPlan* plan,
                     PlanOf(problem, kConvolutionWorkspaceBudget));
    *workspace_bytes = std::max(*workspace_bytes, plan->workspace_bytes());
    return absl::OkStatus();
  }

  Extents YExtents() const {
    return {options_.num, options_.num_output,
            options_.output_h() * options_.output_w()};
  }

  void InputGradient(const ConvolutionBackwardArgs<float>& args) {
    ConvolutionProblem problem =
        ProblemOf(options_, ConvolutionDirection::kInputGradient);
    LayOut(args.dx, &problem.x);
    LayOut(args.dy, &problem.y);
    problem.accumulates = args.dx_mode == GradMode::kAdd;
    Run(problem, backward_workspace_bytes_, [&](const ConvolutionPlan& plan) {
      return plan.InputGradient(plans_->handle(), args.dx.data, args.w,
                                args.dy.data, args.workspace);
    });
  }

  void FilterGradient(const ConvolutionBackwardArgs<float>& args) {
    ConvolutionProblem problem =
        ProblemOf(options_, ConvolutionDirection::kFilterGradient);
    LayOut(args.x, &problem.x);
    LayOut(args.dy, &problem.y);
    problem.accumulates = args.dw_mode == GradMode::kAdd;
    Run(problem, backward_workspace_bytes_, [&](const ConvolutionPlan& plan) {
      return plan.FilterGradient(plans_->handle(), args.x.data, args.dw,
                                 args.dy.data, args.workspace);
    });
  }

  // A plan of earlier calls, and what calls differ in.
  struct KnownPlan {
    ConvolutionDirection direction;
    bool accumulates;
    std::array<int64_t, 4> x_strides, y_strides;
    const ConvolutionPlan* plan;

    bool IsOf(const ConvolutionProblem& problem) const {
      return direction == problem.direction &&
             accumulates == problem.accumulates &&
             x_strides == problem.x.strides && y_strides == problem.y.strides;
    }
  };

  // Tensors lie as in the step before, so few plans are known, and the text of
  // the problem, by which others are found, is rarely made.
  absl::StatusOr<const ConvolutionPlan*> PlanOf(
      const ConvolutionProblem& problem, int64_t workspace_bytes) {
    for (const KnownPlan& known : known_plans_) {
      if (known.IsOf(problem)) return known.plan;
    }
    ASSIGN_OR_RETURN(const ConvolutionPlan* plan,
                     plans_->Find(problem, workspace_bytes));
    known_plans_.push_back({problem.direction, problem.accumulates,
                            problem.x.strides, problem.y.strides, plan});
    return plan;
  }

  // Executes the problem's plan; what fails is noted.
  template <typename Execute>
  void Run(const ConvolutionProblem& problem, int64_t workspace_bytes,
           const Execute& execute) {
    const absl::StatusOr<const ConvolutionPlan*> plan =
        PlanOf(problem, workspace_bytes);
    const absl::Status status = plan.ok() ? execute(**plan) : plan.status();
    if (status.ok()) return;
    queue_.Fail(std::string(status.message()), "convolution", __FILE__,
                __LINE__);
  }

  const ConvolutionOptions options_;
  CudaQueue& queue_;
  ConvolutionPlans* const plans_;
  int64_t forward_workspace_bytes_ = 0;
  int64_t backward_workspace_bytes_ = 0;
  std::vector<KnownPlan> known_plans_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<ConvolutionKernel>> MakeConvolutionCuda(
    const ConvolutionOptions& options, Device& device) {
  CudaDevice& cuda = AsCuda(device);
  ASSIGN_OR_RETURN(ConvolutionPlans * plans, cuda.convolution_plans());
  if (options.precision == ProductPrecision::kFp16 ||
      options.precision == ProductPrecision::kBf16) {
    return MakeConvolutionCudaHalf(options, cuda.queue(), plans);
  }
  auto kernel = std::make_unique<ConvolutionCuda>(options, cuda.queue(), plans);
  RETURN_IF_ERROR(kernel->Plan());
  return kernel;
}

}  // namespace tamp
