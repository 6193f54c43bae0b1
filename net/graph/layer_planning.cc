#include "net/graph/layer_planning.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "core/status_macros.h"
#include "net/text/layer_error.h"

namespace tamp {
namespace {

absl::Status CheckInPlaceTops(const Node& node) {
  for (const std::string& top : node.parameter.top()) {
    if (absl::c_linear_search(node.parameter.bottom(), top) &&
        !node.plan.can_run_in_place) {
      return LayerError(node.parameter,
                        absl::StrCat("type ", node.parameter.type(),
                                     " cannot work in place: give its top \"",
                                     top, "\" another name than its bottom"));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckCounts(const Node& node) {
  const LayerParameter& parameter = node.parameter;
  if (node.plan.outputs.size() != node.outputs.size()) {
    return LayerError(
        parameter,
        absl::StrCat("makes ", Counted(node.plan.outputs.size(), "top"),
                     ", has ", node.outputs.size()));
  }
  if (parameter.loss_weight_size() > parameter.top_size()) {
    return LayerError(
        parameter,
        absl::StrCat("has ", Counted(parameter.top_size(), "top"), ", but ",
                     Counted(parameter.loss_weight_size(), "loss_weight")));
  }
  for (int i = 1; node.plan.is_loss && i < parameter.loss_weight_size(); ++i) {
    if (parameter.loss_weight(i) == 0) continue;
    return LayerError(
        parameter, absl::StrCat("loss_weight of top \"", parameter.top(i),
                                "\" must be 0: only the first top is a loss"));
  }
  if (parameter.propagate_down_size() != 0 &&
      parameter.propagate_down_size() != parameter.bottom_size()) {
    return LayerError(
        parameter,
        absl::StrCat("has ", Counted(parameter.bottom_size(), "bottom"),
                     ", but propagate_down for ",
                     parameter.propagate_down_size(),
                     "; give it for each or for none"));
  }
  return absl::OkStatus();
}

absl::Status CheckPhase(const LayerParameter& parameter, Phase phase) {
  if (!parameter.has_phase() || parameter.phase() == phase) {
    return absl::OkStatus();
  }
  const std::string& wanted = Phase_Name(parameter.phase());
  return LayerError(
      parameter,
      absl::StrCat("has phase ", wanted, " in a net that runs in ",
                   Phase_Name(phase),
                   "; choose layers with include { phase: ", wanted, " }"));
}

absl::Status PlanNode(absl::Span<const LayerRow> table,
                      const PlanContext& context, Node* node, Graph* graph) {
  RETURN_IF_ERROR(CheckPhase(node->parameter, context.phase));
  absl::StatusOr<std::unique_ptr<Layer>> layer =
      CreateLayerFromTable(table, node->parameter);
  if (!layer.ok()) return LayerError(node->parameter, layer.status());
  node->layer = *std::move(layer);
  std::vector<Shape> inputs;
  for (const int input : node->inputs) {
    inputs.push_back(graph->values[input].shape);
  }
  absl::StatusOr<LayerPlan> plan = node->layer->Plan(inputs, context);
  if (!plan.ok()) return LayerError(node->parameter, plan.status());
  node->plan = *std::move(plan);
  RETURN_IF_ERROR(CheckCounts(*node));
  for (size_t i = 0; i < node->outputs.size(); ++i) {
    graph->values[node->outputs[i]].shape = node->plan.outputs[i];
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status PlanLayers(absl::Span<const LayerRow> table,
                        const PlanContext& context, Graph* graph) {
  for (Node& node : graph->nodes) {
    if (node.layer != nullptr) continue;
    RETURN_IF_ERROR(PlanNode(table, context, &node, graph));
    RETURN_IF_ERROR(CheckInPlaceTops(node));
  }
  return absl::OkStatus();
}

absl::Status PlanRewrittenLayers(absl::Span<const LayerRow> table,
                                 const PlanContext& context, Graph* graph) {
  for (Node& node : graph->nodes) {
    if (node.layer != nullptr) continue;
    RETURN_IF_ERROR(PlanNode(table, context, &node, graph));
  }
  return absl::OkStatus();
}

}  // namespace tamp
