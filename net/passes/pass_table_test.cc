#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "layers/layer.h"
#include "layers/layer_registry.h"
#include "net/backend.h"
#include "net/graph/parameter_store.h"
#include "net/passes/pass.h"
#include "net/planned_net.h"
#include "proto/layer.pb.h"
#include "proto/net.pb.h"
#include "proto/text_format.h"
#include "tests/util/planned_graph.h"
#include "tests/util/status_matchers.h"
#include "tests/util/test_backend.h"

namespace tamp {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// Every pass finds something to do: a stem, a dense layer whose Concat is
// written in place, a transition, and a pair of BatchNorm and Scale.
constexpr char kNet[] = R"(
    layer { name: "data" type: "Input" top: "data"
      input_param { shape { dim: 2 dim: 3 dim: 20 dim: 20 } } }
    layer { name: "label" type: "Input" top: "label"
      input_param { shape { dim: 2 } } }
    layer { name: "stem" type: "Convolution" bottom: "data" top: "stem"
      convolution_param { num_output: 4 kernel_size: 3 pad: 1
                          bias_term: false } }
    layer { name: "bn" type: "BatchNorm" bottom: "stem" top: "bn"
      batch_norm_param { scale_bias: true } }
    layer { name: "relu" type: "ReLU" bottom: "bn" top: "bn" }
    layer { name: "pool" type: "Pooling" bottom: "bn" top: "pool"
      pooling_param { kernel_size: 2 stride: 2 } }
    layer { name: "bn1" type: "BatchNorm" bottom: "pool" top: "bn1"
      batch_norm_param { scale_bias: true } }
    layer { name: "relu1" type: "ReLU" bottom: "bn1" top: "bn1" }
    layer { name: "conv1" type: "Convolution" bottom: "bn1" top: "conv1"
      convolution_param { num_output: 2 kernel_size: 3 pad: 1
                          bias_term: false } }
    layer { name: "concat" type: "Concat" bottom: "pool" bottom: "conv1"
      top: "concat" }
    layer { name: "bn2" type: "BatchNorm" bottom: "concat" top: "bn2" }
    layer { name: "scale2" type: "Scale" bottom: "bn2" top: "scale2"
      scale_param { bias_term: true } }
    layer { name: "relu2" type: "ReLU" bottom: "scale2" top: "scale2" }
    layer { name: "conv2" type: "Convolution" bottom: "scale2" top: "conv2"
      convolution_param { num_output: 3 kernel_size: 1 bias_term: false } }
    layer { name: "pool2" type: "Pooling" bottom: "conv2" top: "pool2"
      pooling_param { pool: AVE kernel_size: 2 stride: 2 } }
    layer { name: "fc" type: "InnerProduct" bottom: "pool2" top: "fc"
      inner_product_param { num_output: 5 } }
    layer { name: "loss" type: "SoftmaxWithLoss" bottom: "fc" bottom: "label"
      top: "loss" }
)";

std::vector<std::string> Names(absl::Span<const Pass> passes) {
  std::vector<std::string> names;
  for (const Pass& pass : passes) names.push_back(pass.name);
  return names;
}

std::set<std::string> Types(const Graph& graph) {
  std::set<std::string> types;
  for (const Node& node : graph.nodes) types.insert(node.parameter.type());
  return types;
}

// The table of a device that lacks some layers.
std::vector<LayerRow> LayersWithout(const std::set<std::string>& types) {
  std::vector<LayerRow> layers;
  for (const LayerRow& row : TestBackend().layers) {
    if (types.count(row.type) == 0) layers.push_back(row);
  }
  return layers;
}

TEST(PassTableTest, PassesMakeTheTypesThatTheyName) {
  ASSERT_OK_AND_ASSIGN(PlannedGraph planned, PlanGraphFromText(kNet));
  for (const Pass& pass : AllPasses()) {
    const std::set<std::string> before = Types(planned.graph);
    EXPECT_GT(planned.RunPass(pass.run), 0) << pass.name;
    for (const std::string& type : Types(planned.graph)) {
      if (before.count(type) > 0) continue;
      EXPECT_TRUE(absl::c_any_of(
          pass.made_types,
          [&](const char* made) { return made != nullptr && made == type; }))
          << pass.name << " makes " << type;
    }
  }
}

TEST(PassTableTest, TypesThatPassesNameAreThere) {
  EXPECT_EQ(Names(PassesFor(TestBackend().layers)), Names(AllPasses()));
}

TEST(PassTableTest, LeavesOutWhatMakesLayersThatAreNotThere) {
  EXPECT_THAT(
      Names(PassesFor(LayersWithout({"FusedPooling"}))),
      ElementsAre("merge_batch_norm_scale", "pool_before_convolution",
                  "elide_concat", "share_statistics", "fuse_convolution"));
  EXPECT_THAT(Names(PassesFor({})), ElementsAre("elide_concat"));
}

TEST(PassTableTest, NetsAreMadeOfTheLayersThereAre) {
  ASSERT_OK_AND_ASSIGN(const NetParameter net, ParseNetText(kNet, "net"));
  const std::vector<LayerRow> layers =
      LayersWithout({"BatchNormApply", "BatchNormStatistics", "FusedPooling"});
  NetOptions options;
  options.backend = TestBackend();
  options.backend.layers = layers;
  options.backend.passes = PassesFor(layers);
  ParameterStore parameters;
  ASSERT_OK_AND_ASSIGN(const PlannedNet planned,
                       PlanNet(net, options, &parameters));
  for (const std::string& type : Types(planned.graph)) {
    EXPECT_NE(FindLayerRow(layers, type), nullptr) << type;
  }
}

TEST(PassTableTest, NetsAreRefusedWhereAKernelCannotBeMade) {
  ASSERT_OK_AND_ASSIGN(const NetParameter net, ParseNetText(kNet, "net"));
  std::vector<LayerRow> layers = LayersWithout({"FusedPooling"});
  layers.push_back(
      {"FusedPooling",
       [](const LayerParameter&) -> absl::StatusOr<std::unique_ptr<Layer>> {
         return absl::ResourceExhaustedError("no memory for the kernel");
       },
       /*is_made_by_passes=*/true});
  NetOptions options;
  options.backend = TestBackend();
  options.backend.layers = layers;
  ParameterStore parameters;
  EXPECT_THAT(PlanNet(net, options, &parameters).status().message(),
              HasSubstr("no memory for the kernel"));
}

TEST(SelectPassesTest, SelectsInTheOrderOfTheTable) {
  const auto names = [](absl::string_view text) {
    return Names(SelectPasses(text, AllPasses()).value());
  };
  EXPECT_EQ(names("all"), Names(AllPasses()));
  EXPECT_THAT(names("none"), IsEmpty());
  EXPECT_THAT(names("elide_concat,merge_batch_norm_scale"),
              ElementsAre("merge_batch_norm_scale", "elide_concat"));
}

TEST(SelectPassesTest, KnowsOnlyThoseThatThereAre) {
  const std::vector<Pass> passes = PassesFor(LayersWithout({"FusedPooling"}));
  EXPECT_EQ(SelectPasses("all", passes).value().size(), passes.size());
  const absl::Status unknown = SelectPasses("fuse_pooling", passes).status();
  EXPECT_THAT(unknown,
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("unknown pass \"fuse_pooling\": there are "
                                 "all, none, merge_batch_norm_scale, ")));
  EXPECT_THAT(std::string(unknown.message()),
              Not(HasSubstr("finish_in_pooling")));
}

}  // namespace
}  // namespace tamp
