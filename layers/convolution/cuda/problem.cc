#include "layers/convolution/cuda/problem.h"

#include "kernels/product_precision.h"

namespace tamp {
namespace {

// A tensor begins wherever its channels do, and a float has 4 bytes.
constexpr int64_t kAlignment = sizeof(float);

}  // namespace

ConvolutionProblem ProblemOf(const ConvolutionOptions& options,
                             ConvolutionDirection direction) {
  ConvolutionProblem problem;
  problem.direction = direction;
  problem.num = options.num;
  problem.channels = options.channels;
  problem.height = options.height;
  problem.width = options.width;
  problem.num_output = options.num_output;
  problem.group = options.group;
  problem.kernel_h = options.kernel_h;
  problem.kernel_w = options.kernel_w;
  problem.pad_h = options.pad_h;
  problem.pad_w = options.pad_w;
  problem.stride_h = options.stride_h;
  problem.stride_w = options.stride_w;
  problem.dilation_h = options.dilation_h;
  problem.dilation_w = options.dilation_w;
  if (options.precision == ProductPrecision::kTf32) {
    problem.math = ConvolutionMath::kTf32;
  }
  LayOutDense(ElementType::kFloat32, TensorOrder::kRowMajor, kAlignment,
              &problem);
  return problem;
}

}  // namespace tamp
