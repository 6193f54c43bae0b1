#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
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
#include "hwy/highway.h"
#include "kernels/grad_mode.h"
#include "kernels/pooling_axis.h"
#include "layers/layer.h"
#include "layers/pooling/pooling_cpu.h"
#include "layers/pooling/pooling_kernel.h"
#include "layers/pooling/pooling_layer.h"
#include "layers/pooling/pooling_reference.h"
#include "proto/layer.pb.h"
#include "tests/util/gradient_check.h"
#include "tests/util/status_matchers.h"
#include "tests/util/tensor_matchers.h"
#include "tests/util/test_tensor.h"

namespace tamp {
namespace {

using testing::ElementsAre;

constexpr auto kMax = PoolingOptions::Method::kMax;
constexpr auto kAverage = PoolingOptions::Method::kAverage;

absl::StatusOr<LayerPlan> PlanOf(const std::string& options,
                                 const Shape& input) {
  static CpuDevice* const device = new CpuDevice(1);
  PlanContext context;
  context.device = device;
  LayerParameter parameter;
  parameter.set_name("pool");
  parameter.set_type("Pooling");
  parameter.add_bottom("x");
  parameter.add_top("y");
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(
      options, parameter.mutable_pooling_param()));
  absl::StatusOr<std::unique_ptr<Layer>> layer =
      PoolingLayer::Create(parameter, MakePoolingCpu);
  if (!layer.ok()) return layer.status();
  return (*layer)->Plan({input}, context);
}

struct GoodCase {
  const char* options;
  Shape input;
  Shape output;
};

TEST(PoolingLayerTest, PlansExtents) {
  const GoodCase cases[] = {
      {"pool: AVE kernel_size: 2 stride: 2", {2, 3, 8, 6}, {2, 3, 4, 3}},
      // Caffe rounds up, PyTorch down.
      {"kernel_size: 3 stride: 2", {1, 1, 32, 32}, {1, 1, 16, 16}},
      {"kernel_size: 3 stride: 2 round_mode: FLOOR",
       {1, 1, 32, 32},
       {1, 1, 15, 15}},
      {"kernel_size: 3 stride: 2 pad: 1", {1, 1, 112, 112}, {1, 1, 57, 57}},
      {"kernel_size: 3 stride: 2 pad: 1 round_mode: FLOOR",
       {1, 1, 112, 112},
       {1, 1, 56, 56}},
      // A last window that would start behind the map is dropped.
      {"kernel_size: 2 stride: 2 pad: 1", {1, 1, 3, 4}, {1, 1, 2, 3}},
      {"kernel_size: 1 stride: 3", {1, 1, 5, 4}, {1, 1, 2, 2}},
      {"kernel_h: 2 kernel_w: 3 stride_h: 1 stride_w: 2 pad_w: 1",
       {1, 1, 4, 5},
       {1, 1, 3, 3}},
      {"pool: AVE global_pooling: true", {2, 5, 7, 9}, {2, 5, 1, 1}},
  };
  for (const GoodCase& good : cases) {
    ASSERT_OK_AND_ASSIGN(const LayerPlan plan,
                         PlanOf(good.options, good.input));
    EXPECT_THAT(plan.outputs, ElementsAre(good.output)) << good.options;
    EXPECT_FALSE(plan.backward_reads_inputs);
    EXPECT_FALSE(plan.backward_reads_outputs);
    EXPECT_FALSE(plan.can_run_in_place);
  }
}

TEST(PoolingLayerTest, OnlyMaxSaves) {
  ASSERT_OK_AND_ASSIGN(const LayerPlan max,
                       PlanOf("kernel_size: 2 stride: 2", {2, 3, 4, 4}));
  EXPECT_THAT(max.saved_bytes, ElementsAre(2 * 3 * 2 * 2 * 4));
  ASSERT_OK_AND_ASSIGN(const LayerPlan average,
                       PlanOf("pool: AVE kernel_size: 2", {2, 3, 4, 4}));
  EXPECT_TRUE(average.saved_bytes.empty());
}

struct BadCase {
  const char* options;
  Shape input;
  const char* message;
};

TEST(PoolingLayerTest, RefusesWhatItCannotDo) {
  const Shape input = {2, 3, 4, 5};
  const BadCase cases[] = {
      {"pool: STOCHASTIC kernel_size: 2", input,
       "pool STOCHASTIC is not supported, only MAX and AVE"},
      {"pool: AVE", input,
       "needs kernel_size, or kernel_h and kernel_w, or global_pooling"},
      {"kernel_h: 2", input,
       "needs kernel_size, or kernel_h and kernel_w, or global_pooling"},
      {"kernel_size: 0", input, "kernel_size is 0, it must be at least 1"},
      {"kernel_h: 2 kernel_w: 0", input,
       "kernel_w is 0, it must be at least 1"},
      {"kernel_size: 2 stride: 0", input, "stride is 0, it must be at least 1"},
      {"kernel_size: 2 stride_h: 0", input,
       "stride_h is 0, it must be at least 1"},
      {"kernel_size: 2 kernel_w: 2", input,
       "kernel_size excludes kernel_h and kernel_w; give one form"},
      {"kernel_size: 2 pad: 1 pad_h: 1", input,
       "pad excludes pad_h and pad_w; give one form"},
      {"kernel_size: 2 pad: 2", input,
       "pad 2 must be less than the kernel, which is 2"},
      {"kernel_size: 5", input,
       "kernel of height 5 does not fit in bottom \"x\" of height 4 with pad "
       "0"},
      {"kernel_size: 4294967295", input,
       "kernel of height 4294967295 does not fit in bottom \"x\" of height 4 "
       "with pad 0"},
      {"global_pooling: true kernel_size: 4", input,
       "global_pooling pools the whole map, it excludes kernel, pad and "
       "stride"},
      {"global_pooling: true stride: 2", input,
       "global_pooling pools the whole map, it excludes kernel, pad and "
       "stride"},
      {"kernel_size: 1",
       {2, 3},
       "bottom \"x\" has shape 2x3, it must have 4 axes: images, channels, "
       "height, width"},
      {"kernel_size: 4294967295 pad: 4294967294",
       {1, 1, 65536, 65535},
       "bottom \"x\" has shape 1x1x65536x65535, at most 2^31 positions are "
       "supported"},
      {"kernel_size: 4294967295 pad: 4294967294",
       {1, 1, 1, 1},
       "shape 1x1x4294967295x4294967295 has more than 2^40 elements"},
  };
  for (const BadCase& bad : cases) {
    EXPECT_THAT(PlanOf(bad.options, bad.input),
                StatusIs(absl::StatusCode::kInvalidArgument, bad.message))
        << bad.options;
  }
}

TEST(PoolingAxisTest, WindowsOverAnElementAreThoseThatHaveIt) {
  int num_axes = 0;
  for (int64_t extent = 1; extent <= 9; ++extent) {
    for (int64_t kernel = 1; kernel <= 5; ++kernel) {
      for (int64_t pad = 0; pad < kernel; ++pad) {
        if (kernel > extent + 2 * pad) continue;
        for (int64_t stride = 1; stride <= 7; ++stride) {
          for (const bool round_up : {false, true}) {
            const PoolingAxis axis = {extent, kernel, pad, stride, round_up};
            ++num_axes;
            for (int64_t position = 0; position < extent; ++position) {
              const PoolingAxis::WindowRange over = axis.windows_over(position);
              for (int64_t i = 0; i < axis.num_windows(); ++i) {
                const PoolingAxis::Window window = axis.window(i);
                EXPECT_EQ(i >= over.begin && i < over.end,
                          position >= window.begin && position < window.end)
                    << "window " << i << " of kernel " << kernel << ", pad "
                    << pad << ", stride " << stride << ", element " << position
                    << " of " << extent;
              }
            }
          }
        }
      }
    }
  }
  EXPECT_GT(num_axes, 1000);
}

// Everything that a kernel reads and writes.
template <typename T>
struct Problem {
  explicit Problem(const PoolingOptions& options, Padding padding = {})
      : x({options.num, options.channels, options.height.extent,
           options.width.extent},
          padding),
        y({options.num, options.channels, options.height.num_windows(),
           options.width.num_windows()},
          padding),
        dx(x.shape(), padding),
        dy(y.shape(), padding),
        argmax(y.shape().num_elements(), -1) {
    RandomStream random(6);
    x.FillRandom(&random);
    dy.FillRandom(&random);
    dx.Fill(9);
  }

  PoolingForwardArgs<T> Forward() {
    return {x.strided(), y.strided(), argmax.data()};
  }
  PoolingBackwardArgs<T> Backward(GradMode mode) {
    return {dy.strided(), argmax.data(), dx.strided(), mode};
  }

  TestTensor<T> x, y, dx, dy;
  std::vector<int32_t> argmax;
};

TEST(PoolingReferenceTest, MaxByHand) {
  // One row, windows of 3 with stride 2 and pad 1: {1 5}, {5 5 2}, {2 7}.
  const PoolingOptions options = {
      kMax, 1, 1, {1, 1, 0, 1, true}, {5, 3, 1, 2, true}};
  Problem<double> p(options);
  p.x.FromVector({1, 5, 5, 2, 7});
  PoolingForwardReference<double>(options, p.Forward());
  EXPECT_THAT(p.y.ToVector(), ElementsAre(5, 5, 7));
  EXPECT_THAT(p.argmax, ElementsAre(1, 1, 4));  // the first of equals
  p.dy.FromVector({1, 10, 100});
  PoolingBackwardReference<double>(options, p.Backward(GradMode::kAdd));
  EXPECT_THAT(p.dx.ToVector(), ElementsAre(9, 20, 9, 9, 109));
}

TEST(PoolingReferenceTest, AverageCountsPadButNothingBehindIt) {
  // Windows of 3 with stride 2 and pad 1 over 4 elements: pad 1 2, 2 3 4, then
  // 4 pad and nothing more.
  const PoolingOptions options = {
      kAverage, 1, 1, {1, 1, 0, 1, true}, {4, 3, 1, 2, true}};
  Problem<double> p(options);
  p.x.FromVector({1, 2, 3, 4});
  PoolingForwardReference<double>(options, p.Forward());
  EXPECT_THAT(p.y.ToVector(), ElementsAre(1, 3, 2));
  p.dy.FromVector({3, 30, 200});
  PoolingBackwardReference<double>(options, p.Backward(GradMode::kWrite));
  EXPECT_THAT(p.dx.ToVector(), ElementsAre(1, 11, 10, 110));
}

TEST(PoolingReferenceTest, Gradient) {
  for (const auto method : {kMax, kAverage}) {
    const PoolingOptions options = {
        method, 2, 2, {5, 3, 1, 2, true}, {6, 2, 0, 2, true}};
    Problem<double> p(options);
    // Different values, further apart than the step of the check.
    std::vector<double> values(p.x.shape().num_elements());
    for (size_t i = 0; i < values.size(); ++i) values[i] = (i * 37) % 121 * 0.1;
    p.x.FromVector(values);
    const auto objective = [&] {
      PoolingForwardReference<double>(options, p.Forward());
      return Dot(&p.dy, &p.y);
    };
    objective();
    PoolingBackwardReference<double>(options, p.Backward(GradMode::kWrite));
    CheckGradient(objective, &p.x, &p.dx);
  }
}

struct Case {
  PoolingOptions options;
  Padding padding;
};

class PoolingCpuCaseTest : public testing::TestWithParam<Case> {};

void CheckCase(PoolingOptions options, Padding padding) {
  for (const auto method : {kMax, kAverage}) {
    options.method = method;
    for (const GradMode mode : {GradMode::kWrite, GradMode::kAdd}) {
      Problem<float> expected(options);
      PoolingForwardReference<float>(options, expected.Forward());
      PoolingBackwardReference<float>(options, expected.Backward(mode));
      std::vector<float> one_thread_y, one_thread_dx;
      for (const int threads : {1, 3}) {
        CpuDevice device(threads);
        const auto kernel = MakePoolingCpu(options, device).value();
        Problem<float> p(options, padding);
        kernel->Forward(p.Forward());
        kernel->Backward(p.Backward(mode));
        EXPECT_TRUE(AllClose(p.y.ToVector(), expected.y.ToVector(), 8));
        EXPECT_TRUE(AllClose(p.dx.ToVector(), expected.dx.ToVector(), 8));
        EXPECT_EQ(p.argmax, expected.argmax);
        EXPECT_TRUE(p.y.PaddingIsUntouched());
        EXPECT_TRUE(p.dx.PaddingIsUntouched());
        if (threads == 1) {
          one_thread_y = p.y.ToVector();
          one_thread_dx = p.dx.ToVector();
        }
        EXPECT_EQ(p.y.ToVector(), one_thread_y);
        EXPECT_EQ(p.dx.ToVector(), one_thread_dx);
      }
    }
  }
}

TEST_P(PoolingCpuCaseTest, EqualsReference) {
  CheckCase(GetParam().options, GetParam().padding);
}

// Where vectors are used: widths around theirs and around the range of columns
// worked on at a time, whichever the stride.
TEST(PoolingCpuTest, SmallWindowsOnEachInstructionSet) {
  for (const int64_t target : hwy::SupportedAndGeneratedTargets()) {
    SCOPED_TRACE(hwy::TargetName(target));
    hwy::SetSupportedTargetsForTest(target);
    for (const int64_t width : {3, 4, 15, 16, 17, 33, 64, 65, 127, 131}) {
      for (int64_t kernel = 1; kernel <= 5; ++kernel) {
        for (const int64_t stride : {1, 2, 3}) {
          const int64_t pad = (width + stride) % kernel;
          if (kernel > width + 2 * pad) continue;
          SCOPED_TRACE(testing::Message() << width << " kernel " << kernel
                                          << " stride " << stride);
          const PoolingAxis h = {6, std::min<int64_t>(kernel, 4), 0, stride,
                                 false};
          const PoolingAxis w = {width, kernel, pad, stride, width % 2 == 0};
          CheckCase({kMax, 1, 2, h, w}, {1, 3});
        }
      }
    }
  }
  hwy::SetSupportedTargetsForTest(0);
}

// Few different values, so that windows have equals; and only the smallest.
TEST(PoolingCpuTest, TheFirstOfEqualsIsChosen) {
  const PoolingAxis w = {37, 3, 1, 2, false};
  for (const int64_t stride : {1, 2, 3}) {
    PoolingOptions options = {kMax, 2, 2, {9, 3, 1, stride, true}, w};
    options.width.stride = stride;
    for (const bool has_numbers : {false, true}) {
      Problem<float> p(options), expected(options);
      RandomStream random(4);
      std::vector<float> x(p.x.shape().num_elements(),
                           -std::numeric_limits<float>::infinity());
      for (float& value : x) {
        if (has_numbers) value = std::floor(random.Uniform(0, 3));
      }
      p.x.FromVector(x);
      expected.x.FromVector(x);
      CpuDevice device(1);
      MakePoolingCpu(options, device).value()->Forward(p.Forward());
      PoolingForwardReference<float>(options, expected.Forward());
      EXPECT_EQ(p.argmax, expected.argmax);
      EXPECT_EQ(p.y.ToVector(), expected.y.ToVector());
    }
  }
}

TEST_P(PoolingCpuCaseTest, SkipTouchesNothing) {
  CpuDevice device(1);
  Problem<float> p(GetParam().options);
  MakePoolingCpu(GetParam().options, device)
      .value()
      ->Backward(p.Backward(GradMode::kSkip));
  for (const float value : p.dx.ToVector()) EXPECT_EQ(value, 9);
}

INSTANTIATE_TEST_SUITE_P(
    AwkwardSizes, PoolingCpuCaseTest,
    testing::Values(
        Case{{kMax, 1, 1, {1, 1, 0, 1, true}, {1, 1, 0, 1, true}}, {}},
        // Halves: even, and odd in both roundings.
        Case{{kMax, 3, 5, {8, 2, 0, 2, true}, {34, 2, 0, 2, true}}, {3, 1}},
        Case{{kMax, 2, 3, {7, 2, 0, 2, true}, {6, 2, 0, 2, true}}, {0, 2}},
        Case{{kMax, 2, 3, {7, 2, 0, 2, false}, {9, 2, 0, 2, false}}, {1, 0}},
        // The whole map.
        Case{{kMax, 13, 7, {7, 7, 0, 1, true}, {5, 5, 0, 1, true}}, {2, 2}},
        // Overlapping, padded, with gaps, a last window dropped.
        Case{{kMax, 2, 2, {11, 3, 1, 2, true}, {10, 3, 1, 2, false}}, {1, 1}},
        Case{{kMax, 2, 2, {9, 2, 0, 3, true}, {10, 1, 0, 4, true}}, {0, 3}},
        Case{{kMax, 1, 2, {3, 2, 1, 2, true}, {4, 5, 4, 3, true}}, {4, 0}}));

TEST(PoolingCpuTest, NanWins) {
  CpuDevice device(1);
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float infinity = std::numeric_limits<float>::infinity();
  for (const int64_t width : {3, 7}) {
    const PoolingOptions options = {
        kMax, 1, 1, {1, 1, 0, 1, true}, {width, width, 0, 1, true}};
    for (int place = 0; place < width; ++place) {
      Problem<float> p(options);
      std::vector<float> x(width, infinity);
      x[place] = nan;
      x[width - 1] = nan;  // the first of several
      p.x.FromVector(x);
      MakePoolingCpu(options, device).value()->Forward(p.Forward());
      EXPECT_TRUE(std::isnan(p.y.ToVector()[0]));
      EXPECT_EQ(p.argmax[0], place);
    }
    Problem<float> p(options);
    p.x.Fill(-infinity);
    MakePoolingCpu(options, device).value()->Forward(p.Forward());
    EXPECT_EQ(p.y.ToVector()[0], -infinity);
    EXPECT_EQ(p.argmax[0], 0);
  }
}

}  // namespace
}  // namespace tamp
