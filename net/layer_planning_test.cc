#include "net/layer_planning.h"

#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "layers/layer.h"
#include "layers/layer_registry.h"
#include "net/graph.h"
#include "net/graph_builder.h"
#include "net/parameter_store.h"
#include "proto/text_format.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

class WeightedLayer : public Layer {
 public:
  absl::StatusOr<LayerPlan> Plan(absl::Span<const Shape>,
                                 const PlanContext&) override {
    LayerPlan plan;
    plan.outputs = {Shape({1})};
    plan.parameters.push_back({"weight", {3}, FillerParameter()});
    return plan;
  }
  void Forward(const ForwardArgs&) override {}
  void Backward(const BackwardArgs&) override {}
};

constexpr LayerRow kTable[] = {
    {"Weighted",
     [](const LayerParameter&) -> absl::StatusOr<std::unique_ptr<Layer>> {
       return std::make_unique<WeightedLayer>();
     }}};

absl::Status Plan(const char* text, Graph* graph, ParameterStore* store) {
  const absl::StatusOr<NetParameter> net = ParseNetText(text, "n");
  if (!net.ok()) return net.status();
  absl::StatusOr<Graph> built = BuildGraph(*net);
  if (!built.ok()) return built.status();
  *graph = *std::move(built);
  const absl::Status planned = PlanLayers(kTable, PlanContext(), graph);
  return planned.ok() ? DeclareParameters(graph, store) : planned;
}

TEST(LayerPlanningTest, RefusesAnotherPhaseThanTheNets) {
  Graph graph;
  ParameterStore store;
  EXPECT_THAT(
      Plan(R"(layer { name: "a" type: "Weighted" top: "a" phase: TRAIN }
layer { name: "b" type: "Weighted" top: "b" phase: TEST })",
           &graph, &store),
      StatusIs(absl::StatusCode::kInvalidArgument,
               "n:2:1: layer \"b\": has phase TEST in a net that runs in "
               "TRAIN; choose layers with include { phase: TEST }"));
}

TEST(LayerPlanningTest, DeclaresSharedParametersOnce) {
  Graph graph;
  ParameterStore store;
  ASSERT_OK(Plan(R"(layer { name: "a" type: "Weighted" top: "a" }
                    layer { name: "b" type: "Weighted" top: "b"
                            param { name: "a/weight" } })",
                 &graph, &store));
  EXPECT_EQ(store.parameters().size(), 1u);
  EXPECT_EQ(graph.nodes[0].parameters[0], graph.nodes[1].parameters[0]);
}

TEST(LayerPlanningTest, RefusesToShareAStatistic) {
  Graph graph;
  ParameterStore store;
  Parameter mean;
  mean.name = "bn/running_mean";
  mean.shape = Shape({3});
  mean.kind = ParameterPlan::Kind::kStatistic;
  mean.owner = "bn";
  store.Add(mean);
  EXPECT_THAT(Plan(R"(layer { name: "a" type: "Weighted" top: "a"
                              param { name: "bn/running_mean" } })",
                   &graph, &store),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "n:1:1: layer \"a\": shares parameter "
                       "\"bn/running_mean\" of layer \"bn\", but this one is "
                       "learned and the other a statistic"));
}

}  // namespace
}  // namespace tamp
