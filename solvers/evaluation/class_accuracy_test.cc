#include "solvers/evaluation/class_accuracy.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/text_format.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

using testing::ElementsAre;

TEST(ClassAccuracyTest, TheFirstThatNoLayerTakesGetsASecondTop) {
  ASSERT_OK_AND_ASSIGN(
      NetParameter net,
      ParseNetText("layer { name: 'a' type: 'Accuracy' top: 'a' } "
                   "layer { name: 'b' type: 'Accuracy' top: 'b' } "
                   "layer { name: 'c' type: 'Accuracy' top: 'c' } "
                   "layer { name: 'd' type: 'ReLU' bottom: 'a' top: 'd' }",
                   "net"));
  EXPECT_EQ(AddClassAccuracy(&net), "b/classes");
  EXPECT_THAT(net.layer(0).top(), ElementsAre("a"));
  EXPECT_THAT(net.layer(1).top(), ElementsAre("b", "b/classes"));
  EXPECT_THAT(net.layer(2).top(), ElementsAre("c"));
  // Once is enough.
  EXPECT_EQ(AddClassAccuracy(&net), "b/classes");
  EXPECT_THAT(net.layer(1).top(), ElementsAre("b", "b/classes"));
}

TEST(ClassAccuracyTest, KeepsTheTopThatIsThere) {
  ASSERT_OK_AND_ASSIGN(
      NetParameter net,
      ParseNetText("layer { name: 'a' type: 'Accuracy' top: 'a' top: 'each' }",
                   "net"));
  EXPECT_EQ(AddClassAccuracy(&net), "each");
  EXPECT_THAT(net.layer(0).top(), ElementsAre("a", "each"));
}

TEST(ClassAccuracyTest, NoAccuracy) {
  ASSERT_OK_AND_ASSIGN(
      NetParameter net,
      ParseNetText("layer { name: 'a' type: 'ReLU' top: 'a' }", "net"));
  EXPECT_EQ(AddClassAccuracy(&net), "");
}

}  // namespace
}  // namespace tamp
