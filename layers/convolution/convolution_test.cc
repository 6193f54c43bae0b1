#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/cpu/cpu_device.h"
#include "core/rng.h"
#include "core/shape.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "kernels/bf16.h"
#include "kernels/grad_mode.h"
#include "kernels/product_precision.h"
#include "layers/convolution/convolution_cpu.h"
#include "layers/convolution/convolution_kernel.h"
#include "layers/convolution/convolution_layer.h"
#include "layers/convolution/convolution_reference.h"
#include "layers/layer.h"
#include "proto/layer.pb.h"
#include "tests/util/gradient_check.h"
#include "tests/util/status_matchers.h"
#include "tests/util/tensor_matchers.h"
#include "tests/util/test_tensor.h"

namespace tamp {
namespace {

using testing::ElementsAre;

LayerParameter ConvolutionLayerParameter(const std::string& options) {
  LayerParameter parameter;
  parameter.set_name("conv");
  parameter.set_type("Convolution");
  parameter.add_bottom("x");
  parameter.add_top("y");
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(
      options, parameter.mutable_convolution_param()));
  return parameter;
}

absl::StatusOr<LayerPlan> PlanOf(const std::string& options,
                                 const Shape& input) {
  static CpuDevice* const device = new CpuDevice(1);
  PlanContext context;
  context.device = device;
  absl::StatusOr<std::unique_ptr<Layer>> layer = ConvolutionLayer::Create(
      ConvolutionLayerParameter(options), MakeConvolutionCpu);
  if (!layer.ok()) return layer.status();
  return (*layer)->Plan({input}, context);
}

TEST(ConvolutionLayerTest, Plans) {
  ASSERT_OK_AND_ASSIGN(
      const LayerPlan plan,
      PlanOf("num_output: 12 kernel_size: 3 pad: 1 group: 2 "
             "weight_filler { type: 'msra' variance_norm: FAN_OUT } "
             "bias_filler { value: 0.5 }",
             {2, 6, 8, 9}));
  EXPECT_THAT(plan.outputs, ElementsAre(Shape({2, 12, 8, 9})));
  ASSERT_EQ(plan.parameters.size(), 2);
  EXPECT_EQ(plan.parameters[0].name, "weight");
  EXPECT_EQ(plan.parameters[0].shape, Shape({12, 3, 3, 3}));
  EXPECT_EQ(plan.parameters[0].filler.type(), "msra");
  EXPECT_EQ(plan.parameters[1].name, "bias");
  EXPECT_EQ(plan.parameters[1].shape, Shape({12}));
  EXPECT_EQ(plan.parameters[1].filler.value(), 0.5);
  EXPECT_EQ(plan.forward_multiply_adds, 2 * 12 * 8 * 9 * 3 * 9);
  EXPECT_TRUE(plan.backward_reads_inputs);
  EXPECT_FALSE(plan.backward_reads_outputs);
  EXPECT_FALSE(plan.can_run_in_place);
}

TEST(ConvolutionLayerTest, PlansExtents) {
  ASSERT_OK_AND_ASSIGN(const LayerPlan stem,
                       PlanOf("num_output: 64 kernel_size: 7 stride: 2 pad: 3 "
                              "bias_term: false",
                              {1, 3, 224, 224}));
  EXPECT_EQ(stem.outputs[0], Shape({1, 64, 112, 112}));
  EXPECT_EQ(stem.parameters.size(), 1);
  EXPECT_EQ(stem.parameters[0].filler.type(), "xavier");
  ASSERT_OK_AND_ASSIGN(
      const LayerPlan by_axis,
      PlanOf("num_output: 1 kernel_h: 3 kernel_w: 1 pad_w: 2 stride_h: 4",
             {1, 1, 9, 5}));
  EXPECT_EQ(by_axis.outputs[0], Shape({1, 1, 2, 9}));
  ASSERT_OK_AND_ASSIGN(const LayerPlan pairs,
                       PlanOf("num_output: 1 kernel_size: 3 kernel_size: 2 "
                              "dilation: 2 dilation: 3 stride: 1 stride: 2",
                              {1, 1, 9, 9}));
  EXPECT_EQ(pairs.outputs[0], Shape({1, 1, 5, 3}));
}

struct BadCase {
  const char* options;
  Shape input;
  const char* message;
};

TEST(ConvolutionLayerTest, RefusesWhatItCannotDo) {
  const Shape input = {2, 32, 4, 5};
  const BadCase cases[] = {
      {"kernel_size: 3", input, "needs num_output"},
      {"num_output: 0 kernel_size: 3", input,
       "num_output is 0, it must be at least 1"},
      {"num_output: 8", input, "needs kernel_size, or kernel_h and kernel_w"},
      {"num_output: 8 kernel_h: 3", input,
       "needs kernel_size, or kernel_h and kernel_w"},
      {"num_output: 8 kernel_size: 0", input,
       "kernel_size is 0, it must be at least 1"},
      {"num_output: 8 kernel_size: 3 kernel_h: 3", input,
       "kernel_size excludes kernel_h and kernel_w; give one form"},
      {"num_output: 8 kernel_h: 3 kernel_w: 0", input,
       "kernel_w is 0, it must be at least 1"},
      {"num_output: 8 kernel_size: [3, 3, 3]", input,
       "kernel_size has 3 values, it takes one, or height and width: only "
       "images with two axes are supported"},
      {"num_output: 8 kernel_size: 3 stride: 0", input,
       "stride is 0, it must be at least 1"},
      {"num_output: 8 kernel_size: 3 dilation: 0", input,
       "dilation is 0, it must be at least 1"},
      {"num_output: 8 kernel_size: 3 pad: 1 pad_h: 1", input,
       "pad excludes pad_h and pad_w; give one form"},
      {"num_output: 8 kernel_size: 3 group: 0", input,
       "group is 0, it must be at least 1"},
      {"num_output: 8 kernel_size: 3 group: 3", input,
       "group 3 does not divide num_output 8"},
      {"num_output: 10 kernel_size: 3 group: 5", input,
       "group 5 does not divide 32 channels of bottom \"x\""},
      {"num_output: 8 kernel_size: 3 axis: 2", input,
       "axis is 2, only 1 is supported"},
      {"num_output: 8 kernel_size: 1",
       {2, 32},
       "bottom \"x\" has shape 2x32, it must have 4 axes: images, channels, "
       "height, width"},
      {"num_output: 8 kernel_size: 5", input,
       "kernel of height 5 does not fit in bottom \"x\" of height 4 with pad "
       "0"},
      {"num_output: 8 kernel_h: 1 kernel_w: 3 dilation: 4 pad_w: 1", input,
       "kernel of width 3 with dilation 4 does not fit in bottom \"x\" of "
       "width 5 with pad 1"},
      {"num_output: 8 kernel_size: 4294967295", input,
       "kernel of height 4294967295 does not fit in bottom \"x\" of height 4 "
       "with pad 0"},
      {"num_output: 8 kernel_size: 1 pad: 4294967295",
       {1, 1, 1, 1},
       "the output's shape 1x8x8589934591x8589934591 has more than 2^40 "
       "elements"},
      {"num_output: 4294967295 kernel_size: 4", input,
       "the weight's shape 4294967295x32x4x4 has more than 2^40 elements"},
      {"num_output: 1 kernel_h: 1 kernel_w: 1024 pad_w: 1600",
       {1, 1048576, 1, 1},
       "is too large: channels x kernel x width of the output must be below "
       "2^40"},
      {"num_output: 1 kernel_size: 1 pad: 100000", input,
       "is too large: channels x kernel and images x positions must be below "
       "2^31"},
  };
  for (const BadCase& bad : cases) {
    EXPECT_THAT(PlanOf(bad.options, bad.input),
                StatusIs(absl::StatusCode::kInvalidArgument, bad.message))
        << bad.options;
  }
}

// Everything that a kernel reads and writes.
template <typename T>
struct Problem {
  explicit Problem(const ConvolutionOptions& options, Padding padding = {})
      : options(options),
        x({options.num, options.channels, options.height, options.width},
          padding),
        y({options.num, options.num_output, options.output_h(),
           options.output_w()},
          padding),
        dx(x.shape(), padding),
        dy(y.shape(), padding) {
    RandomStream random(5);
    x.FillRandom(&random);
    dy.FillRandom(&random);
    w.FillRandom(&random);
    bias.FillRandom(&random);
    dx.Fill(9);
    dw.Fill(9);
    dbias.Fill(9);
  }

  ConvolutionForwardArgs<T> Forward(bool has_bias) {
    return {x.strided(), w.at(0, 0), has_bias ? bias.at(0, 0) : nullptr,
            y.strided(), workspace.data()};
  }

  ConvolutionBackwardArgs<T> Backward(bool has_bias, GradMode mode) {
    return {x.strided(),
            w.at(0, 0),
            dy.strided(),
            dx.strided(),
            mode,
            dw.at(0, 0),
            mode,
            dbias.at(0, 0),
            has_bias ? mode : GradMode::kSkip,
            workspace.data()};
  }

  ConvolutionOptions options;
  TestTensor<T> x, y, dx, dy;
  TestTensor<T> w{{1, 1, options.num_output* options.fan_in()}};
  TestTensor<T> bias{{1, 1, options.num_output}};
  TestTensor<T> dw{w.shape()}, dbias{bias.shape()};
  std::vector<char> workspace;
};

ConvolutionOptions Options(const Shape& input, int64_t num_output,
                           int64_t group, int64_t kernel_h, int64_t kernel_w,
                           int64_t pad, int64_t stride, int64_t dilation) {
  ConvolutionOptions o;
  o.num = input.dim(0);
  o.channels = input.dim(1);
  o.height = input.dim(2);
  o.width = input.dim(3);
  o.num_output = num_output;
  o.group = group;
  o.kernel_h = kernel_h;
  o.kernel_w = kernel_w;
  o.pad_h = o.pad_w = pad;
  o.stride_h = o.stride_w = stride;
  o.dilation_h = o.dilation_w = dilation;
  return o;
}

TEST(ConvolutionReferenceTest, ByHand) {
  Problem<double> p(Options({1, 1, 2, 3}, 1, 1, 2, 2, 0, 1, 1));
  p.x.FromVector({1, 2, 3,  //
                  4, 5, 6});
  p.w.FromVector({1, 10, 100, 1000});
  p.bias.Fill(0.5);
  ConvolutionForwardReference<double>(p.options, p.Forward(true));
  EXPECT_THAT(p.y.ToVector(), ElementsAre(5421.5, 6532.5));

  p.dy.FromVector({1, 2});
  ConvolutionBackwardReference<double>(p.options,
                                       p.Backward(true, GradMode::kWrite));
  EXPECT_THAT(p.dx.ToVector(), ElementsAre(1, 12, 20, 100, 1200, 2000));
  EXPECT_THAT(p.dw.ToVector(), ElementsAre(5, 8, 14, 17));
  EXPECT_THAT(p.dbias.ToVector(), ElementsAre(3));
}

TEST(ConvolutionReferenceTest, StrideDilationAndPadByHand) {
  ConvolutionOptions options = Options({1, 1, 1, 5}, 1, 1, 1, 3, 0, 2, 2);
  options.pad_w = 1;  // reads -1 1 3, then 1 3 5
  Problem<double> p(options);
  p.x.FromVector({1, 2, 3, 4, 5});
  p.w.FromVector({1, 10, 100});
  ConvolutionForwardReference<double>(p.options, p.Forward(false));
  EXPECT_THAT(p.y.ToVector(), ElementsAre(420, 42));
}

TEST(ConvolutionReferenceTest, Gradient) {
  for (const ConvolutionOptions& options :
       {Options({2, 2, 4, 3}, 3, 1, 3, 2, 1, 1, 1),
        Options({1, 4, 5, 6}, 2, 2, 2, 3, 2, 2, 2)}) {
    Problem<double> p(options);
    const auto objective = [&] {
      ConvolutionForwardReference<double>(options, p.Forward(true));
      return Dot(&p.dy, &p.y);
    };
    ConvolutionBackwardReference<double>(options,
                                         p.Backward(true, GradMode::kWrite));
    CheckGradient(objective, &p.x, &p.dx);
    CheckGradient(objective, &p.w, &p.dw);
    CheckGradient(objective, &p.bias, &p.dbias);
  }
}

struct Case {
  ConvolutionOptions options;
  Padding padding;
  bool has_bias;
};

class ConvolutionCpuTest : public testing::TestWithParam<Case> {};

void RunKernel(int threads, GradMode mode, bool has_bias, Problem<float>* p) {
  CpuDevice device(threads);
  const auto kernel = MakeConvolutionCpu(p->options, device).value();
  // Workspaces may hold anything before a call.
  p->workspace.assign(kernel->forward_workspace_bytes(), '\xff');
  kernel->Forward(p->Forward(has_bias));
  p->workspace.assign(kernel->backward_workspace_bytes(), '\xff');
  kernel->Backward(p->Backward(has_bias, mode));
}

TEST_P(ConvolutionCpuTest, EqualsReference) {
  const auto& [options, padding, has_bias] = GetParam();
  for (const GradMode mode : {GradMode::kWrite, GradMode::kAdd}) {
    Problem<float> p(options, padding), expected(options);
    RunKernel(1, mode, has_bias, &p);
    ConvolutionForwardReference<float>(options, expected.Forward(has_bias));
    ConvolutionBackwardReference<float>(options,
                                        expected.Backward(has_bias, mode));
    EXPECT_TRUE(AllClose(p.y.ToVector(), expected.y.ToVector(), 32));
    EXPECT_TRUE(AllClose(p.dx.ToVector(), expected.dx.ToVector(), 32));
    EXPECT_TRUE(AllClose(p.dw.ToVector(), expected.dw.ToVector(), 64));
    EXPECT_TRUE(AllClose(p.dbias.ToVector(), expected.dbias.ToVector(), 64));
    EXPECT_TRUE(p.y.PaddingIsUntouched());
    EXPECT_TRUE(p.dx.PaddingIsUntouched());
  }
}

TEST_P(ConvolutionCpuTest, SkipsWhatIsNotWanted) {
  const auto& [options, padding, has_bias] = GetParam();
  CpuDevice device(1);
  const auto kernel = MakeConvolutionCpu(options, device).value();
  Problem<float> all(options, padding), p(options, padding);
  RunKernel(1, GradMode::kWrite, has_bias, &all);
  p.workspace.resize(kernel->backward_workspace_bytes());

  ConvolutionBackwardArgs<float> args = p.Backward(false, GradMode::kWrite);
  args.dx = {};
  args.dx_mode = GradMode::kSkip;
  kernel->Backward(args);
  EXPECT_EQ(p.dw.ToVector(), all.dw.ToVector());

  args = p.Backward(false, GradMode::kWrite);
  args.dw = nullptr;
  args.dw_mode = GradMode::kSkip;
  kernel->Backward(args);
  EXPECT_EQ(p.dx.ToVector(), all.dx.ToVector());
}

TEST_P(ConvolutionCpuTest, SameBitsOnAnyNumberOfThreads) {
  const auto& [options, padding, has_bias] = GetParam();
  Problem<float> one(options, padding), three(options, padding);
  RunKernel(1, GradMode::kWrite, has_bias, &one);
  RunKernel(3, GradMode::kWrite, has_bias, &three);
  EXPECT_EQ(one.y.ToVector(), three.y.ToVector());
  EXPECT_EQ(one.dx.ToVector(), three.dx.ToVector());
  EXPECT_EQ(one.dw.ToVector(), three.dw.ToVector());
  EXPECT_EQ(one.dbias.ToVector(), three.dbias.ToVector());
}

void Round(TestTensor<float>* tensor) {
  std::vector<float> elements = tensor->ToVector();
  for (float& element : elements) element = RoundToBf16(element);
  tensor->FromVector(elements);
}

TEST_P(ConvolutionCpuTest, RoundsWhatEntersProducts) {
  const auto& [options, padding, has_bias] = GetParam();
  ConvolutionOptions bf16 = options;
  bf16.precision = ProductPrecision::kBf16;
  for (const GradMode mode : {GradMode::kWrite, GradMode::kAdd}) {
    Problem<float> p(bf16, padding), expected(options), unrounded(options);
    RunKernel(2, mode, has_bias, &p);
    RunKernel(1, mode, has_bias, &unrounded);
    for (auto* x : {&expected.x, &expected.w, &expected.dy}) Round(x);
    RunKernel(1, mode, has_bias, &expected);
    EXPECT_EQ(p.y.ToVector(), expected.y.ToVector());
    EXPECT_EQ(p.dx.ToVector(), expected.dx.ToVector());
    EXPECT_EQ(p.dw.ToVector(), expected.dw.ToVector());
    EXPECT_EQ(p.dbias.ToVector(), unrounded.dbias.ToVector());
    EXPECT_NE(p.y.ToVector(), unrounded.y.ToVector());
    EXPECT_TRUE(p.dx.PaddingIsUntouched());
  }
}

INSTANTIATE_TEST_SUITE_P(
    AwkwardSizes, ConvolutionCpuTest,
    testing::Values(
        // One of everything; one output of many channels; one channel.
        Case{Options({1, 1, 1, 1}, 1, 1, 1, 1, 0, 1, 1), {}, true},
        Case{Options({2, 17, 5, 7}, 1, 1, 3, 3, 1, 1, 1), {1, 2}, true},
        Case{Options({3, 1, 6, 5}, 13, 1, 3, 3, 1, 1, 1), {3, 0}, false},
        // The shapes of dense blocks, in several bands, and of transitions.
        Case{Options({3, 24, 32, 32}, 12, 1, 3, 3, 1, 1, 1), {32, 8}, false},
        Case{Options({18, 30, 8, 8}, 12, 1, 3, 3, 1, 1, 1), {0, 7}, true},
        Case{Options({2, 31, 17, 16}, 19, 1, 1, 1, 0, 1, 1), {5, 3}, false},
        Case{Options({2, 600, 16, 16}, 10, 1, 1, 1, 0, 1, 1), {}, true},
        // Stems: stride, and a pad that no kernel covers.
        Case{Options({2, 3, 23, 30}, 16, 1, 7, 7, 3, 2, 1), {1, 1}, false},
        Case{Options({2, 3, 6, 6}, 4, 1, 3, 3, 4, 3, 1), {2, 0}, true},
        Case{Options({2, 5, 6, 6}, 3, 1, 3, 2, 4, 1, 1), {2, 0}, true},
        Case{Options({2, 5, 9, 9}, 3, 1, 1, 1, 0, 2, 1), {2, 0}, true},
        Case{Options({2, 5, 4, 5}, 3, 1, 1, 1, 1, 1, 1), {2, 0}, true},
        // Dilation, groups, depthwise; not square; larger than the map.
        Case{Options({2, 6, 9, 8}, 4, 2, 3, 3, 2, 1, 2), {1, 3}, true},
        Case{Options({2, 4, 7, 6}, 8, 4, 3, 3, 1, 2, 1), {0, 2}, false},
        Case{Options({2, 7, 5, 6}, 7, 7, 5, 3, 1, 1, 1), {4, 0}, true},
        Case{Options({2, 9, 2, 3}, 2, 1, 5, 5, 2, 1, 1), {1, 1}, false},
        // Taps so far apart that only the middle ones meet the map.
        Case{Options({2, 2, 3, 3}, 3, 1, 3, 3, 3, 1, 4), {1, 1}, true},
        Case{Options({2, 4, 3, 3}, 2, 1, 3, 3, 3, 1, 4), {1, 1}, true}));

}  // namespace
}  // namespace tamp
