#include "kernels/extents.h"

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

TEST(ExtentsTest, MergesRowsWhereAllTensorsAdjoin) {
  const Extents extents = {3, 4, 5};
  TestTensor<float> dense({3, 4, 5}, {0, 9}), apart({3, 4, 5}, {1, 0});
  const Extents merged =
      MergedRows(extents, dense.strided(), dense.const_strided());
  EXPECT_EQ(merged.channels, 1);
  EXPECT_EQ(merged.spatial, 20);
  EXPECT_EQ(merged.count(), 60);
  EXPECT_EQ(MergedRows(extents, dense.strided(), apart.strided()).spatial, 5);
  EXPECT_EQ(MergedRows(extents, apart.strided(), dense.strided()).spatial, 5);
}

}  // namespace
}  // namespace tamp
