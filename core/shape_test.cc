#include "core/shape.h"

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

using testing::HasSubstr;

TEST(ShapeTest, ScalarHasOneElement) {
  const Shape shape;
  EXPECT_EQ(shape.rank(), 0);
  EXPECT_EQ(shape.num_elements(), 1);
  EXPECT_EQ(shape.ToString(), "scalar");
}

TEST(ShapeTest, CountsAxes) {
  const Shape shape = {2, 3, 5, 7};
  EXPECT_EQ(shape.num(), 2);
  EXPECT_EQ(shape.channels(), 3);
  EXPECT_EQ(shape.spatial(), 35);
  EXPECT_EQ(shape.num_elements(), 210);
  EXPECT_EQ(shape.dim(-1), 7);
  EXPECT_EQ(shape.count(1, 3), 15);
  EXPECT_EQ(shape.ToString(), "2x3x5x7");
  EXPECT_NE(shape, Shape({2, 3, 35}));
}

TEST(ShapeTest, RefusesBadExtents) {
  const auto refuses = [](std::vector<int64_t> dims, const char* message) {
    EXPECT_THAT(
        Shape::Create(dims),
        StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(message)));
  };
  refuses({2, 0}, "extent 0");
  refuses({-1}, "extent -1");
  refuses({1, 1, 1, 1, 1, 1, 1, 1, 1}, "9 axes");
  refuses({1 << 20, 1 << 20, 2}, "more than 2^40 elements");
  refuses({int64_t{1} << 62, int64_t{1} << 62}, "more than 2^40 elements");
  EXPECT_OK(Shape::Create({1 << 20, 1 << 20}));
}

TEST(ShapeTest, CanonicalAxis) {
  const Shape shape = {2, 3};
  ASSERT_OK_AND_ASSIGN(const int axis, shape.CanonicalAxis(-1));
  EXPECT_EQ(axis, 1);
  EXPECT_THAT(shape.CanonicalAxis(2),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("axis 2 is out of range for shape 2x3")));
}

}  // namespace
}  // namespace tamp
