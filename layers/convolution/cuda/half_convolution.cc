#include "layers/convolution/cuda/half_convolution.h"

#include <utility>

#include "core/check.h"
#include "core/cuda/cudnn/convolution_problem.h"
#include "core/status_macros.h"
#include "kernels/cuda/half_convolution.h"
#include "kernels/cuda/half_type.h"
#include "kernels/extents.h"
#include "kernels/grad_mode.h"
#include "kernels/product_precision.h"
#include "layers/convolution/cuda/bias.h"
#include "layers/convolution/cuda/problem.h"

namespace tamp {
namespace {

class ConvolutionCudaHalf : public ConvolutionKernel {
 public:
  ConvolutionCudaHalf(const ConvolutionOptions& options, CudaQueue& queue,
                      HalfConvolution products)
      : y_{options.num, options.num_output,
           options.output_h() * options.output_w()},
        queue_(queue),
        products_(std::move(products)) {}

  int64_t forward_workspace_bytes() const override {
    return products_.forward_workspace_bytes();
  }
  int64_t backward_workspace_bytes() const override {
    return products_.backward_workspace_bytes();
  }

  void Forward(const ConvolutionForwardArgs<float>& args) override {
    products_.Forward(args.x, args.w, args.y, args.workspace);
    if (args.bias != nullptr) AddBias(queue_, y_, args.bias, args.y);
  }

  void Backward(const ConvolutionBackwardArgs<float>& args) override {
    if (args.dbias_mode != GradMode::kSkip) {
      SumToBias(queue_, y_, args.dy, args.dbias_mode, args.dbias);
    }
    if (args.dw_mode != GradMode::kSkip) {
      products_.FilterGradient(args.x, args.dy, args.dw_mode, args.dw,
                               args.workspace);
    }
    if (args.dx_mode != GradMode::kSkip) {
      products_.InputGradient(args.dy, args.w, args.dx_mode, args.dx,
                              args.workspace);
    }
  }

 private:
  const Extents y_;
  CudaQueue& queue_;
  const HalfConvolution products_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<ConvolutionKernel>> MakeConvolutionCudaHalf(
    const ConvolutionOptions& options, CudaQueue& queue,
    ConvolutionPlans* plans) {
  CHECK(options.precision == ProductPrecision::kFp16 ||
        options.precision == ProductPrecision::kBf16);
  ASSIGN_OR_RETURN(
      HalfConvolution products,
      HalfConvolution::Create(
          ProblemOf(options, ConvolutionDirection::kForward),
          options.precision == ProductPrecision::kFp16 ? HalfType::kFp16
                                                       : HalfType::kBf16,
          /*has_input_gradient=*/true, plans, &queue));
  return std::make_unique<ConvolutionCudaHalf>(options, queue,
                                               std::move(products));
}

}  // namespace tamp
