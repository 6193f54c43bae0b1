
#include "absl/status/status.h"
#include "core/shape.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "layers/input/input_layer.h"
#include "tests/util/devices/available_devices.h"
#include "tests/util/layer_runner.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

using testing::ElementsAre;

LayerParameter WithShapes(int num_tops, std::vector<Shape> shapes) {
  LayerParameter parameter;
  parameter.set_name("input");
  parameter.set_type("Input");
  for (int i = 0; i < num_tops; ++i) parameter.add_top("t");
  for (const Shape& shape : shapes) {
    BlobShape* blob = parameter.mutable_input_param()->add_shape();
    for (const int64_t dim : shape.dims()) blob->add_dim(dim);
  }
  return parameter;
}

class InputLayerTest : public testing::TestWithParam<AvailableDevice> {};
INSTANTIATE_TEST_SUITE_P(Devices, InputLayerTest,
                         testing::ValuesIn(AvailableDevices()), DeviceName());

TEST_P(InputLayerTest, PlansItsTops) {
  LayerRunner runner(GetParam(), WithShapes(2, {{64, 3, 32, 32}, {64}}), {},
                     {});
  ASSERT_OK(runner.status());
  EXPECT_THAT(runner.plan().outputs,
              ElementsAre(Shape{64, 3, 32, 32}, Shape{64}));
  EXPECT_THAT(
      LayerRunner(GetParam(), WithShapes(3, {{5, 2}}), {}, {}).plan().outputs,
      ElementsAre(Shape{5, 2}, Shape{5, 2}, Shape{5, 2}));
}

TEST_P(InputLayerTest, RefusesWhatItCannotDo) {
  const auto code = absl::StatusCode::kInvalidArgument;
  EXPECT_THAT(InputLayer::Create(WithShapes(3, {{1}, {2}})),
              StatusIs(code,
                       "input_param has 2 shapes, one is needed, or one for "
                       "each of 3 tops"));
  EXPECT_THAT(InputLayer::Create(WithShapes(1, {})),
              StatusIs(code, "input_param has 0 shapes, one is needed"));
  EXPECT_THAT(InputLayer::Create(WithShapes(0, {{1}})),
              StatusIs(code, "takes at least 1 top, has 0"));
  LayerParameter bottom = WithShapes(1, {{1}});
  bottom.add_bottom("x");
  EXPECT_THAT(InputLayer::Create(bottom),
              StatusIs(code, "takes 0 bottoms, has 1"));

  LayerParameter zero = WithShapes(1, {{4}});
  zero.mutable_input_param()->mutable_shape(0)->add_dim(0);
  EXPECT_THAT(
      LayerRunner(GetParam(), zero, {}, {}).status(),
      StatusIs(code,
               "shape 4x0 has extent 0, every extent must be at least 1"));
}

}  // namespace
}  // namespace tamp
