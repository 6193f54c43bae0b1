#include "net/graph/graph_builder.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "net/graph/graph.h"
#include "proto/text_format.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

using testing::ElementsAre;

absl::StatusOr<Graph> Build(absl::string_view text) {
  const absl::StatusOr<NetParameter> net = ParseNetText(text, "n");
  if (!net.ok()) return net.status();
  return BuildGraph(*net);
}

TEST(GraphBuilderTest, WiresInStaticSingleAssignment) {
  ASSERT_OK_AND_ASSIGN(const Graph graph, Build(R"(
      layer { name: "x" type: "Input" top: "x" }
      layer { name: "relu" type: "ReLU" bottom: "x" top: "x" }
      layer { name: "fc" type: "InnerProduct" bottom: "x" top: "y" })"));
  ASSERT_EQ(graph.nodes.size(), 3u);
  EXPECT_THAT(graph.nodes[1].inputs, ElementsAre(0));
  EXPECT_THAT(graph.nodes[1].outputs, ElementsAre(1));
  EXPECT_THAT(graph.nodes[2].inputs, ElementsAre(1));
  EXPECT_EQ(graph.values[1].name, "x");
  EXPECT_EQ(graph.values[1].producer, 1);
  EXPECT_THAT(graph.Consumers(0), ElementsAre(1));
}

TEST(GraphBuilderTest, TurnsLegacyInputsIntoLayers) {
  ASSERT_OK_AND_ASSIGN(const Graph graph, Build(R"(
      input: "data" input_dim: 1 input_dim: 3 input_dim: 8 input_dim: 8
      layer { name: "relu" type: "ReLU" bottom: "data" top: "y" })"));
  ASSERT_EQ(graph.nodes.size(), 2u);
  EXPECT_EQ(graph.nodes[0].parameter.type(), "Input");
  EXPECT_THAT(graph.nodes[0].parameter.input_param().shape(0).dim(),
              ElementsAre(1, 3, 8, 8));
}

// Planning takes time that grows with the square of these.
TEST(GraphBuilderTest, BoundsTheNumberOfTopsAndBottoms) {
  NetParameter net;
  LayerParameter* const layer = net.add_layer();
  layer->set_name("slice");
  layer->set_type("Slice");
  for (int i = 0; i <= 50000; ++i) layer->add_top(absl::StrCat(i));
  const auto is_refused =
      StatusIs(absl::StatusCode::kInvalidArgument,
               "layer \"slice\": with it the net has more than 200000 bottoms "
               "or 50000 tops");
  EXPECT_THAT(BuildGraph(net), is_refused);
  layer->clear_top();
  for (int i = 0; i <= 200000; ++i) layer->add_bottom("x");
  EXPECT_THAT(BuildGraph(net), is_refused);
}

TEST(GraphBuilderTest, KnowsLayersThatWereFilteredOut) {
  ASSERT_OK_AND_ASSIGN(
      const NetParameter unfiltered,
      ParseNetText("layer { name: \"x\" type: \"Input\" top: \"x\" }\n"
                   "layer { name: \"y\" type: \"ReLU\" bottom: \"x\" "
                   "top: \"y\" }",
                   "n"));
  NetParameter filtered = unfiltered;
  filtered.mutable_layer()->DeleteSubrange(0, 1);
  EXPECT_THAT(BuildGraph(filtered, unfiltered),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "n:2:1: layer \"y\": bottom \"x\" is made only by layer "
                       "\"x\" at n:1:1, which is left out of this phase, level "
                       "and stages by its include or exclude rules"));
}

struct BadNet {
  const char* text;
  const char* message;
};

class GraphBuilderErrorTest : public testing::TestWithParam<BadNet> {};

TEST_P(GraphBuilderErrorTest, NamesTheLayer) {
  EXPECT_THAT(Build(GetParam().text),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       testing::Eq(GetParam().message)));
}

INSTANTIATE_TEST_SUITE_P(
    Wiring, GraphBuilderErrorTest,
    testing::Values(
        BadNet{R"(layer { type: "Input" top: "x" })",
               "n:1:1: layer without a name: every layer needs one"},
        BadNet{"layer { name: \"x\" type: \"Input\" top: \"x\" }\n"
               "layer { name: \"x\" type: \"Input\" top: \"y\" }",
               "n:2:1: layer \"x\": another layer has the same name at n:1:1"},
        BadNet{"layer { name: \"x\" type: \"Input\" top: \"data\" }\n"
               "layer { name: \"y\" type: \"ReLU\" bottom: \"dta\" top: "
               "\"y\" }",
               "n:2:1: layer \"y\": bottom \"dta\" is not the top of any "
               "layer; did you mean \"data\"?"},
        BadNet{"layer { name: \"y\" type: \"ReLU\" bottom: \"x\" top: \"y\" }\n"
               "layer { name: \"x\" type: \"Input\" top: \"x\" }",
               "n:1:1: layer \"y\": bottom \"x\" is made by layer \"x\" "
               "further down: move that layer up"},
        BadNet{"layer { name: \"a\" type: \"ReLU\" bottom: \"z\" top: \"y\" }\n"
               "layer { name: \"b\" type: \"ReLU\" bottom: \"y\" top: \"z\" }",
               "n:1:1: layer \"a\": bottom \"z\" closes a cycle: layer \"b\" "
               "that makes it needs \"a\""},
        BadNet{"layer { name: \"a\" type: \"Input\" top: \"x\" }\n"
               "layer { name: \"b\" type: \"Input\" top: \"x\" }",
               "n:2:1: layer \"b\": top \"x\" is already made by layer \"a\""},
        BadNet{"layer { name: \"a\" type: \"Slice\" top: \"x\" top: \"x\" }",
               "n:1:1: layer \"a\": has the top \"x\" twice"},
        BadNet{"layer { name: \"a\" type: \"Input\" top: \"x\" }\n"
               "layer { name: \"b\" type: \"ReLU\" bottom: \"x\" top: \"y\" }\n"
               "layer { name: \"c\" type: \"ReLU\" bottom: \"x\" top: \"x\" }",
               "n:3:1: layer \"c\": works in place on \"x\", which layer "
               "\"b\" reads too: give its top another name"},
        BadNet{"name: \"old\" input: \"data\" input_dim: 3",
               "net \"old\": 1 input needs one input_shape each, or four "
               "input_dim each; there are 0 input_shape and 1 input_dim"},
        BadNet{"name: \"none\"", "net \"none\": has no layers"}));

}  // namespace
}  // namespace tamp
