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
    return LayerError(parameter,
                      absl::StrCat("makes ", node.plan.outputs.size(),
                                   " top(s), has ", node.outputs.size()));
  }
  if (parameter.loss_weight_size() > parameter.top_size()) {
    return LayerError(
        parameter,
        absl::StrCat("has ", parameter.top_size(), " top(s), but ",
                     parameter.loss_weight_size(), " values of loss_weight"));
  }
  if (parameter.propagate_down_size() != 0 &&
      parameter.propagate_down_size() != parameter.bottom_size()) {
    return LayerError(
        parameter,
        absl::StrCat("needs propagate_down for each of its ",
                     parameter.bottom_size(), " bottom(s) or none, has ",
                     parameter.propagate_down_size()));
  }
  return CheckInPlaceTops(node);
}

absl::Status PlanNode(absl::Span<const LayerRow> table,
                      const PlanContext& context, Node* node, Graph* graph) {
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
        absl::StrCat("has ", layer.param_size(), " param blocks, but only ",
                     plan.parameters.size(), " parameter(s)"));
  }
  node->parameters.clear();
  for (size_t i = 0; i < plan.parameters.size(); ++i) {
    const bool has_spec =
        !ignores_specs && static_cast<int>(i) < layer.param_size();
    const ParamSpec spec = has_spec ? layer.param(i) : ParamSpec();
    Parameter wanted = DescribeParameter(layer, plan.parameters[i], spec);
    const absl::Status filler = ValidateFiller(wanted.filler, wanted.shape);
    if (!filler.ok()) return LayerError(layer, filler.message());
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
