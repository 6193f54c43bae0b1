#include "net/text/filter.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "proto/text_format.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

// Whether a layer with these rules exists in the state "phase level stages".
bool Exists(const std::string& rules, const std::string& state_text) {
  const auto net = ParseNetText(
      absl::StrCat("state { ", state_text, " } layer { ", rules, " }"), "x");
  EXPECT_OK(net);
  const auto filtered = FilterLayers(*net, net->state());
  EXPECT_OK(filtered);
  return filtered->layer_size() == 1;
}

TEST(FilterTest, WithoutRulesALayerExists) {
  EXPECT_TRUE(Exists("", "phase: TRAIN"));
  EXPECT_TRUE(Exists("", "phase: TEST level: -3 stage: \"deploy\""));
}

TEST(FilterTest, Phase) {
  EXPECT_TRUE(Exists("include { phase: TRAIN }", "phase: TRAIN"));
  EXPECT_FALSE(Exists("include { phase: TRAIN }", "phase: TEST"));
  EXPECT_FALSE(Exists("exclude { phase: TRAIN }", "phase: TRAIN"));
  EXPECT_TRUE(Exists("exclude { phase: TRAIN }", "phase: TEST"));
  // The state's default phase is TEST.
  EXPECT_TRUE(Exists("include { phase: TEST }", ""));
}

TEST(FilterTest, LevelsIncludeTheirEnds) {
  const std::string rule = "include { min_level: 2 max_level: 4 }";
  EXPECT_FALSE(Exists(rule, "level: 1"));
  EXPECT_TRUE(Exists(rule, "level: 2"));
  EXPECT_TRUE(Exists(rule, "level: 4"));
  EXPECT_FALSE(Exists(rule, "level: 5"));
  EXPECT_TRUE(Exists("include { min_level: 0 }", ""));
  EXPECT_FALSE(Exists("include { min_level: 1 }", ""));
}

TEST(FilterTest, StagesAllOfAndNoneOf) {
  const std::string all = "include { stage: \"a\" stage: \"b\" }";
  EXPECT_FALSE(Exists(all, "stage: \"a\""));
  EXPECT_TRUE(Exists(all, "stage: \"b\" stage: \"c\" stage: \"a\""));
  const std::string none = "include { not_stage: \"a\" not_stage: \"b\" }";
  EXPECT_TRUE(Exists(none, "stage: \"c\""));
  EXPECT_FALSE(Exists(none, "stage: \"c\" stage: \"b\""));
}

TEST(FilterTest, AllPartsOfARuleAnyOfTheRules) {
  const std::string both = "{ phase: TRAIN stage: \"s\" }";
  EXPECT_FALSE(Exists("include " + both, "phase: TRAIN"));
  EXPECT_TRUE(Exists("include " + both, "phase: TRAIN stage: \"s\""));
  EXPECT_TRUE(Exists("exclude " + both, "phase: TRAIN"));
  const std::string either = "{ phase: TRAIN } ";
  EXPECT_TRUE(
      Exists("include " + either + "include { stage: \"s\" }", "phase: TRAIN"));
  EXPECT_FALSE(
      Exists("exclude " + either + "exclude { stage: \"s\" }", "stage: \"s\""));
}

TEST(FilterTest, KeepsOrderAndTheRestOfTheNet) {
  const auto net = ParseNetText(
      "name: \"n\" force_backward: true layer { name: \"a\" } layer { name: "
      "\"b\" include { phase: TRAIN } } layer { name: \"c\" }",
      "x");
  ASSERT_OK(net);
  ASSERT_OK_AND_ASSIGN(const NetParameter filtered,
                       FilterLayers(*net, NetState()));
  EXPECT_EQ(filtered.name(), "n");
  EXPECT_TRUE(filtered.force_backward());
  ASSERT_EQ(filtered.layer_size(), 2);
  EXPECT_EQ(filtered.layer(0).name(), "a");
  EXPECT_EQ(filtered.layer(1).name(), "c");
}

TEST(FilterTest, BothKindsAreAnError) {
  const auto net = ParseNetText(
      "layer { name: \"a\" include {} exclude { phase: TEST } }", "x");
  ASSERT_OK(net);
  EXPECT_THAT(FilterLayers(*net, NetState()),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "x:1:1: layer \"a\": has both include and exclude "
                       "rules; keep one kind"));
}

}  // namespace
}  // namespace tamp
