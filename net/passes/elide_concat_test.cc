#include "gtest/gtest.h"
#include "net/passes/passes.h"
#include "tests/util/planned_graph.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

constexpr char kInput[] =
    R"(layer { name: "data" type: "Input" top: "data"
         input_param { shape { dim: 2 dim: 3 dim: 4 dim: 4 } } }
       layer { name: "x" type: "ReLU" bottom: "data" top: "x" }
       layer { name: "y" type: "ReLU" bottom: "x" top: "y" }
       layer { name: "z" type: "ReLU" bottom: "x" top: "z" })";

TEST(ElideConcatTest, PlacesInputsSideBySide) {
  ASSERT_OK_AND_ASSIGN(PlannedGraph planned,
                       PlanGraphFromText(std::string(kInput) + R"(
          layer { name: "cat1" type: "Concat" bottom: "x" bottom: "y" top: "a" }
          layer { name: "cat2" type: "Concat" bottom: "a" bottom: "z" top: "b" }
          layer { name: "out" type: "ReLU" bottom: "b" top: "out" })"));
  EXPECT_EQ(ElideConcat(&planned.graph), 2);
  EXPECT_EQ(planned.Types(), "Input ReLU ReLU ReLU ReLU");
  const auto placement = [&](const char* name) {
    return planned.graph.values[planned.value(name)].placement;
  };
  EXPECT_EQ(placement("x").value, planned.value("a"));
  EXPECT_EQ(placement("x").channel_offset, 0);
  EXPECT_EQ(placement("y").value, planned.value("a"));
  EXPECT_EQ(placement("y").channel_offset, 3);
  EXPECT_EQ(placement("a").value, planned.value("b"));
  EXPECT_EQ(placement("z").channel_offset, 6);
  EXPECT_EQ(placement("b").value, -1);
}

// Each of these must stay a copy.
class MustNotElideTest : public testing::TestWithParam<const char*> {};

TEST_P(MustNotElideTest, StaysACopy) {
  ASSERT_OK_AND_ASSIGN(PlannedGraph planned,
                       PlanGraphFromText(std::string(kInput) + GetParam()));
  EXPECT_EQ(ElideConcat(&planned.graph), 0);
}

INSTANTIATE_TEST_SUITE_P(
    Concats, MustNotElideTest,
    testing::Values(
        // The user's own input.
        R"(layer { name: "c" type: "Concat" bottom: "data" bottom: "y"
             top: "c" })",
        // One value in two places.
        R"(layer { name: "c" type: "Concat" bottom: "x" bottom: "x"
             top: "c" })",
        // Not over channels.
        R"(layer { name: "c" type: "Concat" bottom: "x" bottom: "y" top: "c"
             concat_param { axis: 0 } })",
        R"(layer { name: "c" type: "Concat" bottom: "x" bottom: "y" top: "c"
             concat_param { axis: -1 } })",
        // No gradient may flow to one of its bottoms.
        R"(layer { name: "c" type: "Concat" bottom: "x" bottom: "y" top: "c"
             propagate_down: true propagate_down: false })"));

TEST(ElideConcatTest, AValueLiesInOnePlaceOnly) {
  ASSERT_OK_AND_ASSIGN(PlannedGraph planned,
                       PlanGraphFromText(std::string(kInput) + R"(
          layer { name: "cat1" type: "Concat" bottom: "x" bottom: "y" top: "a" }
          layer { name: "cat2" type: "Concat" bottom: "y" bottom: "z" top: "b"
                })"));
  EXPECT_EQ(ElideConcat(&planned.graph), 1);
  EXPECT_TRUE(planned.node("cat1").is_elided);
  EXPECT_FALSE(planned.node("cat2").is_elided);
}

}  // namespace
}  // namespace tamp
