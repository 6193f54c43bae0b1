#include "layers/options/broadcast_axes.h"

#include <string>

#include "absl/status/status.h"
#include "core/shape.h"
#include "gtest/gtest.h"
#include "proto/layer.pb.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

const Shape kX = {2, 3, 4, 5};

TEST(BroadcastAxesTest, ParameterTakesTheAskedAxes) {
  const auto is = [](int axis, int num_axes, const Shape& shape,
                     int64_t inner) {
    ASSERT_OK_AND_ASSIGN(const BroadcastAxes axes,
                         BroadcastParameter(kX, axis, num_axes));
    EXPECT_EQ(axes.shape, shape);
    EXPECT_EQ(axes.broadcast.inner, inner);
    EXPECT_EQ(axes.broadcast.size(), shape.num_elements());
    EXPECT_EQ(axes.broadcast.x.count(), 120);
  };
  is(1, 1, {3}, 20);
  is(0, 2, {2, 3}, 20);
  is(1, -1, {3, 4, 5}, 1);
  is(-2, 1, {4}, 5);
  is(2, 0, {}, 20);
}

TEST(BroadcastAxesTest, ParameterRefusesAxesThatAreNotThere) {
  const auto refuses = [](int axis, int num_axes, const std::string& message) {
    EXPECT_THAT(BroadcastParameter(kX, axis, num_axes),
                StatusIs(absl::StatusCode::kInvalidArgument, message));
  };
  refuses(4, 1, "axis 4 is out of range for shape 2x3x4x5");
  refuses(1, 4, "num_axes 4 from axis 1 on is out of range for shape 2x3x4x5");
  refuses(1, -2,
          "num_axes -2 from axis 1 on is out of range for shape 2x3x4x5");
}

TEST(BroadcastAxesTest, BottomMustFit) {
  LayerParameter parameter;
  parameter.add_bottom("x");
  parameter.add_bottom("s");
  const auto inner = [&](const Shape& b, int axis) {
    return BroadcastBottom(parameter, kX, b, axis)->broadcast.inner;
  };
  EXPECT_EQ(inner({2, 3}, 0), 20);
  EXPECT_EQ(inner({3}, 1), 20);
  EXPECT_EQ(inner({5}, -1), 1);
  EXPECT_EQ(inner({}, 1), 120);
  EXPECT_EQ(inner(kX, 0), 1);

  const auto refuses = [&](const Shape& b, int axis,
                           const std::string& message) {
    EXPECT_THAT(BroadcastBottom(parameter, kX, b, axis),
                StatusIs(absl::StatusCode::kInvalidArgument, message));
  };
  refuses({2}, 1,
          "bottom \"s\" of shape 2 does not fit bottom \"x\" of shape 2x3x4x5 "
          "from axis 1 on");
  refuses({5, 1}, 3,
          "bottom \"s\" of shape 5x1 does not fit bottom \"x\" of shape "
          "2x3x4x5 from axis 3 on");
  refuses({2}, 7, "axis 7 is out of range for shape 2x3x4x5");
}

}  // namespace
}  // namespace tamp
