#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "core/rng.h"
#include "core/shape.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "kernels/cpu/copy_cpu.h"
#include "layers/slice/slice_layer.h"
#include "tests/util/devices/available_devices.h"
#include "tests/util/layer_runner.h"
#include "tests/util/status_matchers.h"
#include "tests/util/test_tensor.h"

namespace tamp {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

LayerParameter SliceInto(int num_tops, int axis,
                         const std::vector<uint32_t>& points = {}) {
  LayerParameter parameter;
  parameter.set_name("slice");
  parameter.set_type("Slice");
  parameter.add_bottom("x");
  for (int i = 0; i < num_tops; ++i) {
    parameter.add_top(std::string(1, 'a' + i));
  }
  parameter.mutable_slice_param()->set_axis(axis);
  for (const uint32_t point : points) {
    parameter.mutable_slice_param()->add_slice_point(point);
  }
  return parameter;
}

class SliceLayerTest : public testing::TestWithParam<AvailableDevice> {};
INSTANTIATE_TEST_SUITE_P(Devices, SliceLayerTest,
                         testing::ValuesIn(AvailableDevices()), DeviceName());

TEST_P(SliceLayerTest, PlansEqualPartsOrThoseBetweenThePoints) {
  const Shape shape = {2, 12, 3};
  EXPECT_THAT(
      LayerRunner(GetParam(), SliceInto(3, 1), {shape}, {}).plan().outputs,
      ElementsAre(Shape{2, 4, 3}, Shape{2, 4, 3}, Shape{2, 4, 3}));
  EXPECT_THAT(LayerRunner(GetParam(), SliceInto(3, 1, {1, 10}), {shape}, {})
                  .plan()
                  .outputs,
              ElementsAre(Shape{2, 1, 3}, Shape{2, 9, 3}, Shape{2, 2, 3}));
  LayerParameter old_name = SliceInto(2, 1);
  old_name.mutable_slice_param()->clear_axis();
  old_name.mutable_slice_param()->set_slice_dim(0);
  EXPECT_THAT(LayerRunner(GetParam(), old_name, {shape}, {}).plan().outputs,
              ElementsAre(Shape{1, 12, 3}, Shape{1, 12, 3}));
}

TEST_P(SliceLayerTest, RefusesWhatItCannotDo) {
  const auto code = absl::StatusCode::kInvalidArgument;
  const auto refuses = [&](const LayerParameter& parameter,
                           const std::string& message) {
    EXPECT_THAT(SliceLayer::Create(parameter, MakeCopyCpu),
                StatusIs(code, HasSubstr(message)));
  };
  LayerParameter both = SliceInto(2, 1);
  both.mutable_slice_param()->set_slice_dim(1);
  refuses(both, "axis and slice_dim are both given, keep axis");
  LayerParameter wrapped = SliceInto(2, 1);
  wrapped.mutable_slice_param()->clear_axis();
  wrapped.mutable_slice_param()->set_slice_dim(0xFFFFFFFF);
  refuses(wrapped, "slice_dim 4294967295 is out of range");
  refuses(SliceInto(3, 1, {4}), "has 1 slice points for 3 tops, needs 2");
  refuses(SliceInto(3, 1, {4, 4}), "slice_point 4 comes after 4");
  refuses(SliceInto(2, 1, {0}), "slice_point 0 comes after 0");

  const auto refuses_plan = [&](const LayerParameter& parameter,
                                const std::string& message) {
    EXPECT_THAT(LayerRunner(GetParam(), parameter, {{2, 7}}, {}).status(),
                StatusIs(code, HasSubstr(message)));
  };
  refuses_plan(SliceInto(2, 1),
               "bottom \"x\" has extent 7 along axis 1, 2 tops do not divide "
               "it");
  refuses_plan(SliceInto(2, 1, {7}),
               "slice_point 7 is not below 7, the extent of bottom \"x\" along "
               "axis 1");
  refuses_plan(SliceInto(2, 2), "axis 2 is out of range for shape 2x7");
}

TEST_P(SliceLayerTest, TopsThatTheLossIgnoresHaveNoGradient) {
  LayerRunner runner(GetParam(), SliceInto(2, 1), {{2, 4}}, {});
  ASSERT_OK(runner.status());
  runner.DropOutputGrad(0);
  runner.Forward();
  runner.Backward();
  EXPECT_THAT(runner.input_grad(0).ToVector(),
              ElementsAre(0, 0, 1, 1, 0, 0, 1, 1));
  runner.set_input_grad_mode(0, GradMode::kAdd);
  runner.Backward();
  EXPECT_THAT(runner.input_grad(0).ToVector(),
              ElementsAre(0, 0, 2, 2, 0, 0, 2, 2));
}

struct Case {
  Shape shape;
  int axis;
  std::vector<uint32_t> points;
  Padding padding;
  int num_threads;
};

void CutAndJoin(const Case& c, const AvailableDevice& device) {
  const int num_tops = c.points.size() + 1;
  LayerRunner::Options options;
  options.num_threads = c.num_threads;
  LayerRunner runner(device, SliceInto(num_tops, c.axis, c.points), {c.shape},
                     options, c.padding);
  ASSERT_OK(runner.status());
  RandomStream random(1);
  runner.input(0).FillRandom(&random);
  for (int i = 0; i < num_tops; ++i) runner.output_grad(i).FillRandom(&random);
  runner.Forward();
  for (const GradMode mode : {GradMode::kWrite, GradMode::kAdd}) {
    runner.set_input_grad_mode(0, mode);
    if (mode == GradMode::kAdd) runner.input_grad(0).Fill(9);
    runner.Backward();
    const std::vector<float> x = runner.input(0).ToVector();
    const std::vector<float> dx = runner.input_grad(0).ToVector();
    const int64_t inner = c.shape.count(c.axis + 1);
    int64_t begin = 0;
    for (int i = 0; i < num_tops; ++i) {
      const std::vector<float> y = runner.output(i).ToVector();
      const std::vector<float> dy = runner.output_grad(i).ToVector();
      const int64_t extent = runner.plan().outputs[i].dim(c.axis);
      for (size_t j = 0; j < y.size(); ++j) {
        // Row-major: [outer, extent, inner] within [outer, dim, inner].
        const int64_t outer = j / (extent * inner);
        const int64_t from = outer * c.shape.dim(c.axis) * inner +
                             begin * inner + j % (extent * inner);
        EXPECT_EQ(y[j], x[from]);
        EXPECT_EQ(dx[from], dy[j] + (mode == GradMode::kAdd ? 9 : 0));
      }
      begin += extent;
    }
    EXPECT_EQ(begin, c.shape.dim(c.axis));
  }
  EXPECT_TRUE(runner.PaddingIsUntouched());
}

class SliceTest : public testing::TestWithParam<Case> {};

TEST_P(SliceTest, CutsAndJoins) {
  for (const AvailableDevice& device : AvailableDevices()) {
    SCOPED_TRACE(device.name);
    CutAndJoin(GetParam(), device);
  }
}

INSTANTIATE_TEST_SUITE_P(
    AwkwardSizes, SliceTest,
    testing::Values(Case{{2, 24, 3, 5}, 1, {1, 17}, {}, 1},
                    Case{{2, 24, 3, 5}, 1, {1, 17}, {3, 5}, 3},
                    Case{{3, 2, 3, 5}, 0, {2}, {1, 2}, 3},
                    Case{{3, 2, 4, 5}, 3, {2}, {1, 2}, 3},
                    Case{{3, 2, 6, 5}, 2, {2, 5}, {0, 4}, 1},
                    Case{{5, 20}, 1, {17}, {1, 2}, 1}, Case{{7}, 0, {}, {}, 1},
                    Case{{7}, 0, {3}, {}, 3}));

}  // namespace
}  // namespace tamp
