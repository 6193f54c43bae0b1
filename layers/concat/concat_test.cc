#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "core/rng.h"
#include "core/shape.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "kernels/cpu/copy_cpu.h"
#include "layers/concat/concat_layer.h"
#include "tests/util/devices/available_devices.h"
#include "tests/util/layer_runner.h"
#include "tests/util/status_matchers.h"
#include "tests/util/test_tensor.h"

namespace tamp {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

LayerParameter ConcatOf(int num_bottoms) {
  LayerParameter parameter;
  parameter.set_name("concat");
  parameter.set_type("Concat");
  for (int i = 0; i < num_bottoms; ++i) {
    parameter.add_bottom(std::string(1, 'a' + i));
  }
  parameter.add_top("y");
  return parameter;
}

LayerParameter ConcatOf(int num_bottoms, int axis) {
  LayerParameter parameter = ConcatOf(num_bottoms);
  parameter.mutable_concat_param()->set_axis(axis);
  return parameter;
}

class ConcatLayerTest : public testing::TestWithParam<AvailableDevice> {};
INSTANTIATE_TEST_SUITE_P(Devices, ConcatLayerTest,
                         testing::ValuesIn(AvailableDevices()), DeviceName());

TEST_P(ConcatLayerTest, PlansTheSumOfExtents) {
  LayerRunner runner(GetParam(), ConcatOf(3),
                     {{2, 3, 4, 4}, {2, 1, 4, 4}, {2, 8, 4, 4}}, {});
  ASSERT_OK(runner.status());
  EXPECT_THAT(runner.plan().outputs, ElementsAre(Shape{2, 12, 4, 4}));
  EXPECT_FALSE(runner.plan().backward_reads_inputs);
  EXPECT_FALSE(runner.plan().can_run_in_place);
}

TEST_P(ConcatLayerTest, KnowsTheOldNameOfAxis) {
  LayerParameter parameter = ConcatOf(2);
  parameter.mutable_concat_param()->set_concat_dim(2);
  LayerRunner runner(GetParam(), parameter, {{1, 2, 3}, {1, 2, 4}}, {});
  ASSERT_OK(runner.status());
  EXPECT_THAT(runner.plan().outputs, ElementsAre(Shape{1, 2, 7}));
}

TEST_P(ConcatLayerTest, RefusesWhatItCannotDo) {
  const auto code = absl::StatusCode::kInvalidArgument;
  LayerParameter both = ConcatOf(2, 1);
  both.mutable_concat_param()->set_concat_dim(1);
  EXPECT_THAT(ConcatLayer::Create(both, MakeCopyCpu),
              StatusIs(code, "axis and concat_dim are both given, keep axis"));
  LayerParameter wrapped = ConcatOf(2);
  wrapped.mutable_concat_param()->set_concat_dim(0xFFFFFFFF);
  EXPECT_THAT(ConcatLayer::Create(wrapped, MakeCopyCpu),
              StatusIs(code, "concat_dim 4294967295 is out of range"));
  EXPECT_THAT(ConcatLayer::Create(ConcatOf(0), MakeCopyCpu),
              StatusIs(code, "takes at least 1 bottom, has 0"));

  const auto refuses = [&](int axis, const std::vector<Shape>& inputs,
                           const std::string& message) {
    EXPECT_THAT(LayerRunner(GetParam(), ConcatOf(2, axis), inputs, {}).status(),
                StatusIs(code, HasSubstr(message)));
  };
  refuses(1, {{2, 3, 4}, {2, 3, 5}},
          "bottom \"b\" has shape 2x3x5, it may differ from 2x3x4 of bottom "
          "\"a\" in axis 1 only");
  refuses(1, {{2, 3, 4}, {2, 3}}, "bottom \"b\" has shape 2x3,");
  refuses(3, {{2, 3, 4}, {2, 3, 4}}, "axis 3 is out of range for shape 2x3x4");
  const int64_t huge = int64_t{1} << 39;
  refuses(0, {{huge}, {huge + 1}}, "has more than 2^40 elements");
}

struct Case {
  Shape first;
  int axis;
  std::vector<int64_t> extents;  // of each input along the axis
  Padding padding;
  int num_threads;
};

class ConcatTest : public testing::TestWithParam<Case> {
 protected:
  std::vector<Shape> Inputs() const {
    std::vector<Shape> inputs;
    for (const int64_t extent : GetParam().extents) {
      inputs.push_back(GetParam().first);
      inputs.back().set_dim(GetParam().axis, extent);
    }
    return inputs;
  }

  void JoinAndTakeApart(const AvailableDevice& device) const {
    const int num_inputs = GetParam().extents.size();
    LayerRunner::Options options;
    options.num_threads = GetParam().num_threads;
    LayerRunner runner(device, ConcatOf(num_inputs, GetParam().axis), Inputs(),
                       options, GetParam().padding);
    ASSERT_OK(runner.status());
    RandomStream random(1);
    for (int i = 0; i < num_inputs; ++i) runner.input(i).FillRandom(&random);
    runner.output_grad(0).FillRandom(&random);
    // The second gradient is added to what is there.
    runner.set_input_grad_mode(1, GradMode::kAdd);
    runner.input_grad(1).Fill(9);
    runner.Forward();
    runner.Backward();

    const std::vector<float> y = runner.output(0).ToVector();
    const std::vector<float> dy = runner.output_grad(0).ToVector();
    std::vector<std::vector<float>> x, dx;
    for (int i = 0; i < num_inputs; ++i) {
      x.push_back(runner.input(i).ToVector());
      dx.push_back(runner.input_grad(i).ToVector());
    }
    ForEachElement(runner.plan().outputs[0],
                   [&](int input, int64_t from, int64_t to) {
                     EXPECT_EQ(y[to], x[input][from]);
                     EXPECT_EQ(dx[input][from], dy[to] + (input == 1 ? 9 : 0));
                   });
    EXPECT_TRUE(runner.PaddingIsUntouched());
  }

  // Calls function(input, index in the input, index in the output) for every
  // element, by row-major indices: the definition.
  template <typename Function>
  void ForEachElement(const Shape& output, const Function& function) const {
    const int axis =
        GetParam().axis < 0 ? GetParam().axis + output.rank() : GetParam().axis;
    const int64_t inner = output.count(axis + 1);
    int64_t begin = 0;
    for (size_t i = 0; i < GetParam().extents.size(); ++i) {
      const int64_t extent = GetParam().extents[i];
      for (int64_t o = 0; o < output.count(0, axis); ++o) {
        for (int64_t k = 0; k < extent; ++k) {
          for (int64_t j = 0; j < inner; ++j) {
            function(i, (o * extent + k) * inner + j,
                     (o * output.dim(axis) + begin + k) * inner + j);
          }
        }
      }
      begin += extent;
    }
  }
};

TEST_P(ConcatTest, JoinsAndTakesApart) {
  for (const AvailableDevice& device : AvailableDevices()) {
    SCOPED_TRACE(device.name);
    JoinAndTakeApart(device);
  }
}

INSTANTIATE_TEST_SUITE_P(
    AwkwardSizes, ConcatTest,
    testing::Values(Case{{2, 1, 3, 5}, 1, {1, 16, 7}, {}, 1},
                    Case{{2, 1, 3, 5}, 1, {1, 16, 7}, {3, 5}, 3},
                    Case{{1, 2, 3, 5}, 0, {2, 1}, {1, 2}, 3},
                    Case{{3, 2, 4, 1}, -1, {2, 3}, {1, 2}, 3},
                    Case{{3, 2, 1, 5}, 2, {2, 3, 1}, {0, 4}, 1},
                    Case{{3, 2, 2, 1, 3}, 3, {2, 3}, {2, 0}, 3},
                    Case{{5, 1}, 1, {17, 3}, {1, 2}, 1},
                    Case{{1}, 0, {3, 4}, {}, 1}));

}  // namespace
}  // namespace tamp
