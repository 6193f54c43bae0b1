#include "core/cuda/cudnn/convolution_problem.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace tamp {
namespace {

int64_t OutputExtent(int64_t input, int64_t kernel, int64_t pad, int64_t stride,
                     int64_t dilation) {
  return (input + 2 * pad - (dilation * (kernel - 1) + 1)) / stride + 1;
}

const char* ToString(ElementType type) {
  switch (type) {
    case ElementType::kFloat32:
      return "float32";
    case ElementType::kFloat16:
      return "float16";
    case ElementType::kBfloat16:
      return "bfloat16";
  }
  return "";
}

std::string ToString(const char* name, const TensorLayout& layout) {
  return absl::StrCat(", ", name, " ", ToString(layout.type), " strides ",
                      absl::StrJoin(layout.strides, "/"), " aligned to ",
                      layout.alignment);
}

std::array<int64_t, 4> DenseStrides(const std::array<int64_t, 4>& dims,
                                    TensorOrder order) {
  const int64_t map = dims[2] * dims[3];
  if (order == TensorOrder::kRowMajor) return {dims[1] * map, map, dims[3], 1};
  return {dims[1] * map, 1, dims[3] * dims[1], dims[1]};
}

}  // namespace

int64_t ConvolutionProblem::output_h() const {
  return OutputExtent(height, kernel_h, pad_h, stride_h, dilation_h);
}

int64_t ConvolutionProblem::output_w() const {
  return OutputExtent(width, kernel_w, pad_w, stride_w, dilation_w);
}

std::array<int64_t, 4> ConvolutionProblem::x_dims() const {
  return {num, channels, height, width};
}

std::array<int64_t, 4> ConvolutionProblem::w_dims() const {
  return {num_output, channels / group, kernel_h, kernel_w};
}

std::array<int64_t, 4> ConvolutionProblem::y_dims() const {
  return {num, num_output, output_h(), output_w()};
}

void LayOutDense(ElementType type, TensorOrder order, int64_t alignment,
                 ConvolutionProblem* problem) {
  problem->x = {type, DenseStrides(problem->x_dims(), order), alignment};
  problem->w = {type, DenseStrides(problem->w_dims(), order), alignment};
  problem->y = {type, DenseStrides(problem->y_dims(), order), alignment};
}

const char* ToString(ConvolutionDirection direction) {
  switch (direction) {
    case ConvolutionDirection::kForward:
      return "forward";
    case ConvolutionDirection::kInputGradient:
      return "input gradient";
    case ConvolutionDirection::kFilterGradient:
      return "filter gradient";
  }
  return "";
}

std::string ExtentsOf(const ConvolutionProblem& p) {
  return absl::StrCat(p.kernel_h, "x", p.kernel_w, " ", p.channels, "->",
                      p.num_output, " of ", p.num, "x", p.height, "x", p.width);
}

std::string ToString(const ConvolutionProblem& p) {
  return absl::StrCat(ToString(p.direction), " ", ExtentsOf(p), ", pad ",
                      p.pad_h, "x", p.pad_w, ", stride ", p.stride_h, "x",
                      p.stride_w, ", dilation ", p.dilation_h, "x",
                      p.dilation_w, ", group ", p.group, ToString("x", p.x),
                      ToString("w", p.w), ToString("y", p.y),
                      p.math == ConvolutionMath::kFp32 ? ", FP32" : ", TF32",
                      p.accumulates ? ", accumulating" : "");
}

}  // namespace tamp
