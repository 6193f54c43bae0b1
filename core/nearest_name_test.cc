#include "core/nearest_name.h"

#include "gtest/gtest.h"

namespace tamp {
namespace {

TEST(NearestNameTest, FindsTheFewestEdits) {
  const std::vector<std::string> names = {"bottom", "top", "type", "name"};
  EXPECT_EQ(NearestName("botom", names), "bottom");
  EXPECT_EQ(NearestName("bottoms", names), "bottom");
  EXPECT_EQ(NearestName("tpye", names), "type");
  EXPECT_EQ(NearestName("top", names), "top");
}

TEST(NearestNameTest, CaseDoesNotCount) {
  EXPECT_EQ(NearestName("relu", {"PReLU", "ReLU"}), "ReLU");
  EXPECT_EQ(NearestName("batchnorm", {"BatchNorm"}), "BatchNorm");
}

TEST(NearestNameTest, FarNamesAreNotSuggested) {
  EXPECT_EQ(NearestName("color", {"bottom", "top"}), "");
  EXPECT_EQ(NearestName("x", {}), "");
  EXPECT_EQ(NearestName("", {"top"}), "");
  EXPECT_EQ(NearestName(std::string(1 << 20, 'a'), {"a"}), "");
}

TEST(NearestNameTest, OfEqualsTheFirst) {
  EXPECT_EQ(NearestName("conv3", {"conv1", "conv2"}), "conv1");
}

TEST(DidYouMeanTest, IsAClauseOrNothing) {
  EXPECT_EQ(DidYouMean("MAXX", {"MAX", "AVE"}), "; did you mean \"MAX\"?");
  EXPECT_EQ(DidYouMean("median", {"MAX", "AVE"}), "");
}

}  // namespace
}  // namespace tamp
