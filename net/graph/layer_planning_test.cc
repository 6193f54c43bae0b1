#include "net/graph/layer_planning.h"

#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "layers/layer.h"
#include "layers/layer_registry.h"
#include "net/graph/graph.h"
#include "net/graph/graph_builder.h"
#include "proto/text_format.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

class FirstLayer : public Layer {
 public:
  absl::StatusOr<LayerPlan> Plan(absl::Span<const Shape>,
                                 const PlanContext&) override {
    LayerPlan plan;
    plan.outputs = {Shape({1})};
    return plan;
  }
  void Forward(const ForwardArgs&) override {}
  void Backward(const BackwardArgs&) override {}
};

// Of whose kernel the device is too full.
class HungryLayer : public FirstLayer {
 public:
  absl::StatusOr<LayerPlan> Plan(absl::Span<const Shape>,
                                 const PlanContext&) override {
    return absl::ResourceExhaustedError("no memory");
  }
};

constexpr LayerRow kTable[] = {
    {"First",
     [](const LayerParameter&) -> absl::StatusOr<std::unique_ptr<Layer>> {
       return std::make_unique<FirstLayer>();
     }},
    {"Hungry",
     [](const LayerParameter&) -> absl::StatusOr<std::unique_ptr<Layer>> {
       return std::make_unique<HungryLayer>();
     }}};

absl::Status Plan(const char* text, Graph* graph) {
  const absl::StatusOr<NetParameter> net = ParseNetText(text, "n");
  if (!net.ok()) return net.status();
  absl::StatusOr<Graph> built = BuildGraph(*net);
  if (!built.ok()) return built.status();
  *graph = *std::move(built);
  return PlanLayers(kTable, PlanContext(), graph);
}

TEST(LayerPlanningTest, KeepsTheCodeOfWhatALayerSays) {
  Graph graph;
  EXPECT_THAT(Plan("layer { name: \"a\" type: \"Hungry\" top: \"a\" }", &graph),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       "n:1:1: layer \"a\": no memory"));
}

TEST(LayerPlanningTest, RefusesAnotherPhaseThanTheNets) {
  Graph graph;
  EXPECT_THAT(
      Plan(R"(layer { name: "a" type: "First" top: "a" phase: TRAIN }
layer { name: "b" type: "First" top: "b" phase: TEST })",
           &graph),
      StatusIs(absl::StatusCode::kInvalidArgument,
               "n:2:1: layer \"b\": has phase TEST in a net that runs in "
               "TRAIN; choose layers with include { phase: TEST }"));
}

}  // namespace
}  // namespace tamp
