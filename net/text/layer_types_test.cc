#include "net/text/layer_types.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "layers/layer_registry.h"
#include "net/backend.h"
#include "net/planned_net.h"
#include "proto/text_format.h"
#include "tests/util/status_matchers.h"
#include "tests/util/test_backend.h"

namespace tamp {
namespace {

using testing::ElementsAre;

// Two losses without a top, as Caffe has them, and blobs and layers whose names
// come close.
constexpr char kNet[] = R"(
  layer { name: "data" type: "Input" top: "data" top: "label"
    input_param { shape { dim: 2 dim: 4 } shape { dim: 2 } } }
  layer { name: "fc" type: "InnerProduct" bottom: "data" top: "loss"
    inner_product_param { num_output: 3 } }
  layer { name: "loss" type: "SoftmaxWithLoss" bottom: "loss" bottom: "label"
    loss_weight: 0.25 }
  layer { name: "again" type: "SoftmaxWithLoss" bottom: "loss"
    bottom: "label" }
  layer { name: "named" type: "SoftmaxWithLoss" bottom: "loss"
    bottom: "label" top: "mine" })";

TEST(LayerTypesTest, LossesGetATop) {
  ASSERT_OK_AND_ASSIGN(NetParameter net, ParseNetText(kNet, "net"));
  AddAutomaticTops(TestBackend().layers, &net);
  EXPECT_THAT(net.layer(1).top(), ElementsAre("loss"));
  EXPECT_THAT(net.layer(2).top(), ElementsAre("loss (automatic)"));
  EXPECT_THAT(net.layer(3).top(), ElementsAre("again (automatic)"));
  EXPECT_THAT(net.layer(4).top(), ElementsAre("mine"));
  RemoveAutomaticTops(&net);
  ASSERT_OK_AND_ASSIGN(const NetParameter before, ParseNetText(kNet, "net"));
  EXPECT_EQ(net.SerializeAsString(), before.SerializeAsString());
}

TEST(LayerTypesTest, TheirTopIsALoss) {
  ASSERT_OK_AND_ASSIGN(const NetParameter net, ParseNetText(kNet, "net"));
  const Backend backend = TestBackend();
  NetOptions options;
  options.backend = backend;
  ParameterStore parameters;
  ASSERT_OK_AND_ASSIGN(const PlannedNet planned,
                       PlanNet(net, options, &parameters));
  EXPECT_TRUE(planned.warnings.empty());
  const Node& loss = planned.graph.nodes[2];
  EXPECT_EQ(loss.parameter.name(), "loss");
  EXPECT_TRUE(loss.plan.is_loss);
  EXPECT_EQ(loss.parameter.loss_weight(0), 0.25f);
}

TEST(LayerTypesTest, TheFirstWrongTypeIsNamedWithItsPlace) {
  ASSERT_OK_AND_ASSIGN(const NetParameter net,
                       ParseNetText("layer { name: 'a' type: 'ReLU' }\n"
                                    "layer { name: 'b' type: 'RelU' }\n"
                                    "layer { name: 'c' type: 'Tile' }\n",
                                    "net"));
  EXPECT_THAT(CheckLayerTypes(TestBackend().layers, net),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "net:2:1: layer \"b\": unknown type \"RelU\"; did you "
                       "mean \"ReLU\"?"));
  ASSERT_OK_AND_ASSIGN(const NetParameter none,
                       ParseNetText("layer { name: 'x' top: 'x' }", "net"));
  EXPECT_THAT(CheckLayerTypes(TestBackend().layers, none),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "net:1:1: layer \"x\": has no type"));
}

}  // namespace
}  // namespace tamp
