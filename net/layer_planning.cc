#include "net/layer_planning.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "core/check.h"
#include "core/status_macros.h"
#include "layers/filler.h"
#include "net/layer_error.h"

namespace tamp {
namespace {

// "1 top", "2 tops"
std::string Counted(int64_t count, absl::string_view noun) {
  return absl::StrCat(count, " ", noun, count == 1 ? "" : "s");
}

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
  if (!layer.ok()) {
    return LayerError(node->parameter, layer.status().message());
  }
  node->layer = *std::move(layer);
  std::vector<Shape> inputs;
  for (const int input : node->inputs) {
    inputs.push_back(graph->values[input].shape);
  }
  absl::StatusOr<LayerPlan> plan = node->layer->Plan(inputs, context);
  if (!plan.ok()) return LayerError(node->parameter, plan.status().message());
  node->plan = *std::move(plan);
  RETURN_IF_ERROR(CheckCounts(*node));
  for (size_t i = 0; i < node->outputs.size(); ++i) {
    graph->values[node->outputs[i]].shape = node->plan.outputs[i];
  }
  return absl::OkStatus();
}

// Public Caffe files give their BatchNorm layers three ParamSpecs, for
// statistics that the solver must leave alone; ours are no business of its.
bool HasOnlyStatistics(const LayerPlan& plan) {
  return absl::c_all_of(plan.parameters, [](const ParameterPlan& parameter) {
    return parameter.kind == ParameterPlan::Kind::kStatistic;
  });
}

Parameter DescribeParameter(const LayerParameter& layer,
                            const ParameterPlan& plan, const ParamSpec& spec) {
  Parameter parameter;
  parameter.name = spec.name().empty()
                       ? absl::StrCat(layer.name(), "/", plan.name)
                       : spec.name();
  parameter.shape = plan.shape;
  parameter.kind = plan.kind;
  parameter.filler = plan.filler;
  parameter.lr_mult = spec.lr_mult();
  parameter.decay_mult = spec.decay_mult();
  parameter.owner = layer.name();
  return parameter;
}

absl::Status CheckShared(const LayerParameter& layer, const Parameter& shared,
                         const Parameter& wanted, const ParamSpec& spec) {
  if (shared.kind != wanted.kind) {
    return LayerError(
        layer, absl::StrCat("shares parameter \"", shared.name,
                            "\" of layer \"", shared.owner, "\", but ",
                            shared.is_learned() ? "that" : "this",
                            " one is learned and the other a statistic"));
  }
  const bool fits =
      spec.share_mode() == ParamSpec::PERMISSIVE
          ? shared.shape.num_elements() == wanted.shape.num_elements()
          : shared.shape == wanted.shape;
  if (fits) return absl::OkStatus();
  return LayerError(
      layer,
      absl::StrCat("shares parameter \"", shared.name, "\" of layer \"",
                   shared.owner, "\", whose shape is ", shared.shape.ToString(),
                   "; here it is ", wanted.shape.ToString()));
}

absl::Status DeclareNodeParameters(Node* node, ParameterStore* store) {
  const LayerParameter& layer = node->parameter;
  const LayerPlan& plan = node->plan;
  const bool ignores_specs =
      HasOnlyStatistics(plan) && !plan.parameters.empty();
  if (!ignores_specs &&
      layer.param_size() > static_cast<int>(plan.parameters.size())) {
    return LayerError(
        layer,
        absl::StrCat("has ", Counted(layer.param_size(), "param block"),
                     ", but ", Counted(plan.parameters.size(), "parameter")));
  }
  node->parameters.clear();
  for (size_t i = 0; i < plan.parameters.size(); ++i) {
    const bool has_spec =
        !ignores_specs && static_cast<int>(i) < layer.param_size();
    const ParamSpec spec = has_spec ? layer.param(i) : ParamSpec();
    Parameter wanted = DescribeParameter(layer, plan.parameters[i], spec);
    const absl::Status filler = ValidateFiller(wanted.filler, wanted.shape);
    if (!filler.ok()) {
      return LayerError(
          layer, absl::StrCat(plan.parameters[i].name, ": ", filler.message()));
    }
    Parameter* parameter = store->Find(wanted.name);
    if (parameter == nullptr) {
      parameter = store->Add(std::move(wanted));
    } else {
      RETURN_IF_ERROR(CheckShared(layer, *parameter, wanted, spec));
    }
    node->parameters.push_back(parameter);
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

absl::Status DeclareParameters(Graph* graph, ParameterStore* store) {
  for (Node& node : graph->nodes) {
    RETURN_IF_ERROR(DeclareNodeParameters(&node, store));
  }
  return absl::OkStatus();
}

}  // namespace tamp
