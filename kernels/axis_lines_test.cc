#include "kernels/axis_lines.h"

#include <cstdint>
#include <vector>

#include "core/shape.h"
#include "gtest/gtest.h"
#include "kernels/lines_along.h"
#include "tests/util/test_tensor.h"

namespace tamp {
namespace {

// The row-major index of element k of the given line, by division of the shape
// at the axis: the definition that strides must not change.
int64_t RowMajorIndex(const Shape& shape, int axis, int64_t line, int64_t k) {
  const int64_t inner = shape.count(axis + 1);
  return (line / inner * shape.dim(axis) + k) * inner + line % inner;
}

TEST(AxisLinesTest, FindsEveryElementOnceWhateverTheStrides) {
  for (const Shape& shape : {Shape{5}, Shape{4, 3}, Shape{2, 3, 4},
                             Shape{2, 3, 4, 5}, Shape{2, 2, 3, 2, 4}}) {
    TestTensor<float> x(shape, {3, 7});
    std::vector<float> numbers;
    for (int64_t i = 0; i < shape.num_elements(); ++i) numbers.push_back(i);
    x.FromVector(numbers);
    for (int axis = 0; axis < shape.rank(); ++axis) {
      SCOPED_TRACE(testing::Message() << shape << " axis " << axis);
      const AxisLines lines = LinesAlong(shape, axis);
      ASSERT_EQ(lines.length, shape.dim(axis));
      ASSERT_EQ(lines.count() * lines.length, shape.num_elements());
      for (int64_t line = 0; line < lines.count(); ++line) {
        const float* first = lines.first(x.strided(), line);
        for (int64_t k = 0; k < lines.length; ++k) {
          EXPECT_EQ(first[k * lines.stride(x.strided())],
                    RowMajorIndex(shape, axis, line, k));
        }
      }
    }
  }
}

}  // namespace
}  // namespace tamp
