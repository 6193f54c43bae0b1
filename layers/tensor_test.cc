#include "layers/tensor.h"

#include <vector>

#include "core/shape.h"
#include "gtest/gtest.h"

namespace tamp {
namespace {

TEST(TensorViewTest, ChannelSliceKeepsStrides) {
  std::vector<float> data(2 * 5 * 4);
  const View whole = View::Dense(data.data(), {2, 5, 2, 2});
  EXPECT_TRUE(whole.is_dense());
  const View slice = whole.Channels(1, 3);
  EXPECT_EQ(slice.shape, Shape({2, 3, 2, 2}));
  EXPECT_FALSE(slice.is_dense());
  EXPECT_EQ(slice.strided().at(1, 2), data.data() + 20 + 3 * 4);
}

}  // namespace
}  // namespace tamp
