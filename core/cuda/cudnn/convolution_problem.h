// ConvolutionProblem: a convolution as cuDNN is asked for it, in one of its
// three directions. With x, w and y as in layers/convolution:
//
//   kForward         y  = convolution of x with w
//   kInputGradient   dx = from dy and w      dx lies as `x` says, dy as `y`
//   kFilterGradient  dw = from x and dy      dw lies as `w` says, dy as `y`
//
// The result is written or, where it `accumulates`, added to what is there.
//
// cuDNN multiplies half types (float16, bfloat16) only where all three tensors
// are of one type: a result of float32 it refuses, though sums are of float32.

#ifndef TAMP_CORE_CUDA_CUDNN_CONVOLUTION_PROBLEM_H_
#define TAMP_CORE_CUDA_CUDNN_CONVOLUTION_PROBLEM_H_

#include <array>
#include <cstdint>
#include <string>

namespace tamp {

enum class ConvolutionDirection { kForward, kInputGradient, kFilterGradient };

enum class ElementType { kFloat32, kFloat16, kBfloat16 };

// What a product may lose. Sums are of float32 in any case.
enum class ConvolutionMath {
  kFp32,  // nothing: no tensor cores where elements are float32
  kTf32,  // factors may be rounded to 10 bits behind the point
};

// Where the elements of four axes lie: images, channels, rows, columns, or of w
// outputs, channels of a group, rows, columns.
struct TensorLayout {
  ElementType type = ElementType::kFloat32;
  std::array<int64_t, 4> strides = {};  // in elements
  int64_t alignment = 16;               // of the first element, in bytes
};

struct ConvolutionProblem {
  ConvolutionDirection direction = ConvolutionDirection::kForward;
  int64_t num = 0, channels = 0, height = 0, width = 0;
  int64_t num_output = 0, group = 1;
  int64_t kernel_h = 1, kernel_w = 1;
  int64_t pad_h = 0, pad_w = 0;
  int64_t stride_h = 1, stride_w = 1;
  int64_t dilation_h = 1, dilation_w = 1;
  TensorLayout x, w, y;
  ConvolutionMath math = ConvolutionMath::kFp32;
  bool accumulates = false;

  int64_t output_h() const;
  int64_t output_w() const;
  std::array<int64_t, 4> x_dims() const;
  std::array<int64_t, 4> w_dims() const;
  std::array<int64_t, 4> y_dims() const;
};

enum class TensorOrder {
  kRowMajor,      // NCHW, and of w KCRS
  kChannelsLast,  // NHWC, and of w KRSC
};

// x, w and y without gaps.
void LayOutDense(ElementType type, TensorOrder order, int64_t alignment,
                 ConvolutionProblem* problem);

// "forward", "input gradient", "filter gradient".
const char* ToString(ConvolutionDirection direction);
// Its extents: "3x3 160->12 of 64x32x32" (kernel, channels, images and maps).
std::string ExtentsOf(const ConvolutionProblem& problem);
// All of the problem, on one line: different problems have different texts.
std::string ToString(const ConvolutionProblem& problem);

}  // namespace tamp

#endif  // TAMP_CORE_CUDA_CUDNN_CONVOLUTION_PROBLEM_H_
