#include "net/text/flat_net.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "layers/layer_registry.h"
#include "proto/text_format.h"
#include "tests/util/status_matchers.h"
#include "tests/util/test_backend.h"

namespace tamp {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr char kNet[] = R"(
  name: "n"
  state { level: 1 stage: "own" }
  module { name: "two"
    layer { name: "a" type: "ReLU" bottom: "in" top: "a" }
    layer { name: "b" type: "ReLU" bottom: "a" top: "out" } }
  layer { name: "data" type: "Data" top: "data" top: "label"
    include { phase: TRAIN } data_param { batch_size: 2 } }
  layer { name: "data" type: "Data" top: "data" top: "label"
    include { phase: TEST } data_param { batch_size: 3 } }
  layer { name: "own" type: "ReLU" bottom: "data" top: "own"
    include { stage: "own" } }
  layer { name: "asked" type: "ReLU" bottom: "data" top: "asked"
    include { stage: "asked" } }
  layer { name: "high" type: "ReLU" bottom: "data" top: "high"
    include { min_level: 2 } }
  layer { name: "m" type: "Module" bottom: "data" top: "m"
    module_param { name: "two" } }
  layer { name: "loss" type: "SoftmaxWithLoss" bottom: "m" bottom: "label" })";

NetState State(Phase phase, int level = 0, const std::string& stage = "") {
  NetState state;
  state.set_phase(phase);
  state.set_level(level);
  if (!stage.empty()) state.add_stage(stage);
  return state;
}

absl::StatusOr<FlatNet> Flatten(const std::string& text,
                                const NetState& state) {
  absl::StatusOr<NetParameter> net = ParseNetText(text, "net");
  if (!net.ok()) return net.status();
  return FlattenNet(*net, state, TestBackend().layers);
}

std::vector<std::string> Names(const NetParameter& net) {
  std::vector<std::string> names;
  for (const LayerParameter& layer : net.layer()) names.push_back(layer.name());
  return names;
}

TEST(FlatNetTest, HasTheLayersOfTheState) {
  ASSERT_OK_AND_ASSIGN(FlatNet flat, Flatten(kNet, State(TRAIN)));
  EXPECT_THAT(Names(flat.net),
              ElementsAre("data", "own", "m/1/a", "m/1/b", "loss"));
  EXPECT_EQ(flat.net.layer(0).data_param().batch_size(), 2u);
  EXPECT_THAT(flat.net.layer(4).top(), ElementsAre("loss (automatic)"));
  EXPECT_EQ(flat.unfiltered.layer_size(), 8);
  ASSERT_OK_AND_ASSIGN(flat, Flatten(kNet, State(TEST, 2, "asked")));
  EXPECT_THAT(Names(flat.net), ElementsAre("data", "own", "asked", "high",
                                           "m/1/a", "m/1/b", "loss"));
  EXPECT_EQ(flat.net.layer(0).data_param().batch_size(), 3u);
  // Flattening it again changes nothing.
  ASSERT_OK_AND_ASSIGN(
      const FlatNet again,
      FlattenNet(flat.net, State(TEST, 2, "asked"), TestBackend().layers));
  EXPECT_EQ(again.net.SerializeAsString(), flat.net.SerializeAsString());
}

TEST(FlatNetTest, SaysWhatIsWrong) {
  EXPECT_THAT(
      Flatten("name: 'n'", State(TRAIN)),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("has no layers")));
  EXPECT_THAT(
      Flatten("layer { name: 'x' type: 'ReLU' include { phase: TEST } }",
              State(TRAIN)),
      StatusIs(absl::StatusCode::kInvalidArgument,
               HasSubstr("has no layers in this phase")));
  EXPECT_THAT(Flatten("layer { name: 'x' type: 'RelU' }", State(TRAIN)),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("net:1:1: layer \"x\": unknown type")));
}

TEST(FlatNetTest, FindsTheDataLayer) {
  ASSERT_OK_AND_ASSIGN(FlatNet flat, Flatten(kNet, State(TEST)));
  ASSERT_OK_AND_ASSIGN(const LayerParameter data,
                       FindDataLayer(flat.net, TEST));
  EXPECT_EQ(data.data_param().batch_size(), 3u);
  *flat.net.add_layer() = data;
  EXPECT_THAT(FindDataLayer(flat.net, TEST),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("a net trains from one Data layer")));
  ASSERT_OK_AND_ASSIGN(
      flat, Flatten("layer { name: 'x' type: 'Input' top: 'x' input_param { "
                    "shape { dim: 1 } } }",
                    State(TRAIN)));
  EXPECT_THAT(FindDataLayer(flat.net, TRAIN),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("in phase TRAIN a Data layer must take its "
                                 "place")));
}

}  // namespace
}  // namespace tamp
