#include "core/cuda/cudnn/convolution_problem.h"

#include <set>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace tamp {
namespace {

using testing::ElementsAre;

// 11 rows with 2 of padding on both sides, taken 3 apart: the kernel reaches
// over 2 * 2 + 1 = 5 rows and starts at 0, 3, 6, 9.
ConvolutionProblem Example() {
  ConvolutionProblem problem;
  problem.num = 4;
  problem.channels = 6;
  problem.height = 11;
  problem.width = 7;
  problem.num_output = 10;
  problem.group = 2;
  problem.kernel_h = 3;
  problem.kernel_w = 1;
  problem.pad_h = 2;
  problem.stride_h = 3;
  problem.dilation_h = 2;
  return problem;
}

TEST(ConvolutionProblemTest, HasDimensions) {
  const ConvolutionProblem problem = Example();
  EXPECT_THAT(problem.x_dims(), ElementsAre(4, 6, 11, 7));
  EXPECT_THAT(problem.w_dims(), ElementsAre(10, 3, 3, 1));
  EXPECT_THAT(problem.y_dims(), ElementsAre(4, 10, 4, 7));
}

TEST(ConvolutionProblemTest, LaysRowsOutDense) {
  ConvolutionProblem problem = Example();
  LayOutDense(ElementType::kFloat32, TensorOrder::kRowMajor, 64, &problem);
  EXPECT_THAT(problem.x.strides, ElementsAre(462, 77, 7, 1));
  EXPECT_THAT(problem.w.strides, ElementsAre(9, 3, 1, 1));
  EXPECT_THAT(problem.y.strides, ElementsAre(280, 28, 7, 1));
  EXPECT_EQ(problem.y.alignment, 64);
}

TEST(ConvolutionProblemTest, LaysChannelsOutDense) {
  ConvolutionProblem problem = Example();
  LayOutDense(ElementType::kBfloat16, TensorOrder::kChannelsLast, 64, &problem);
  EXPECT_THAT(problem.x.strides, ElementsAre(462, 1, 42, 6));
  EXPECT_THAT(problem.w.strides, ElementsAre(9, 1, 3, 3));
  EXPECT_THAT(problem.y.strides, ElementsAre(280, 1, 70, 10));
  EXPECT_EQ(problem.w.type, ElementType::kBfloat16);
}

TEST(ConvolutionProblemTest, EachFieldIsInTheText) {
  std::set<std::string> texts = {ToString(Example())};
  size_t expected = 1;
  const auto add = [&](auto change) {
    ConvolutionProblem problem = Example();
    change(problem);
    texts.insert(ToString(problem));
    EXPECT_EQ(texts.size(), ++expected) << ToString(problem);
  };
  using P = ConvolutionProblem;
  add([](P& p) { p.direction = ConvolutionDirection::kInputGradient; });
  add([](P& p) { p.direction = ConvolutionDirection::kFilterGradient; });
  add([](P& p) { ++p.num; });
  add([](P& p) { ++p.channels; });
  add([](P& p) { ++p.height; });
  add([](P& p) { ++p.width; });
  add([](P& p) { ++p.num_output; });
  add([](P& p) { p.group = 1; });
  add([](P& p) { ++p.kernel_h; });
  add([](P& p) { ++p.kernel_w; });
  add([](P& p) { ++p.pad_h; });
  add([](P& p) { ++p.pad_w; });
  add([](P& p) { ++p.stride_h; });
  add([](P& p) { ++p.stride_w; });
  add([](P& p) { ++p.dilation_h; });
  add([](P& p) { ++p.dilation_w; });
  add([](P& p) { p.x.strides[0] = 1000; });
  add([](P& p) { p.w.type = ElementType::kFloat16; });
  add([](P& p) { p.w.type = ElementType::kBfloat16; });
  add([](P& p) { p.y.alignment = 4; });
  add([](P& p) { p.math = ConvolutionMath::kTf32; });
  add([](P& p) { p.accumulates = true; });
}

}  // namespace
}  // namespace tamp
