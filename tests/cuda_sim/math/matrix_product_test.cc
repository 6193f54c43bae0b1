#include "tests/cuda_sim/math/matrix_product.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace tamp {
namespace cuda_sim {
namespace {

using testing::ElementsAre;

// 1 3   5 8 11        23 35 47
// 2 4 x 6 9 12   =    34 52 70
TEST(MatrixProductTest, IsWhatOneComputesByHand) {
  EXPECT_THAT(MultiplyMatrices({2, 3, 2}, {1, 2, 3, 4}, {5, 6, 8, 9, 11, 12}),
              ElementsAre(23, 34, 35, 52, 47, 70));
}

TEST(MatrixProductTest, EachBatchHasItsOwn) {
  EXPECT_THAT(MultiplyMatrices({1, 2, 1, 2}, {2, 3}, {5, 7, 11, 13}),
              ElementsAre(10, 14, 33, 39));
}

TEST(MatrixProductTest, OfNothingIsZero) {
  EXPECT_THAT(MultiplyMatrices({1, 2, 0}, {}, {}), ElementsAre(0, 0));
}

}  // namespace
}  // namespace cuda_sim
}  // namespace tamp
