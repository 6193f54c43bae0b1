#include "core/extents.h"

#include <cstdint>
#include <vector>

#include "core/shape.h"
#include "gtest/gtest.h"
#include "tests/util/test_tensor.h"

namespace tamp {
namespace {

TEST(ExtentsTest, FindsElementsByRowMajorIndex) {
  const Shape shape = {3, 4, 5};
  const Extents extents = {3, 4, 5};
  TestTensor<float> x(shape, {2, 9});
  std::vector<float> numbers;
  for (int64_t i = 0; i < extents.count(); ++i) numbers.push_back(i);
  x.FromVector(numbers);
  for (int64_t i = 0; i < extents.count(); ++i) {
    EXPECT_EQ(*ElementAt(x.strided(), extents, i), i);
  }
}

}  // namespace
}  // namespace tamp
