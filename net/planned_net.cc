#include "net/planned_net.h"

#include <string>
#include <utility>

#include "core/check.h"
#include "core/status_macros.h"
#include "net/graph/graph_builder.h"
#include "net/graph/layer_planning.h"
#include "net/memory/lay_out_memory.h"
#include "net/passes/pass.h"
#include "net/report/unreached_parameters.h"
#include "net/text/flat_net.h"
#include "proto/like_text.h"

namespace tamp {
namespace {

// A pass makes valid layers from valid layers: what fails is to make their
// kernels on the device.
absl::Status RunPasses(const NetOptions& options, const PlanContext& context,
                       PlannedNet* net) {
  for (const Pass& pass : options.backend.passes) {
    net->passes.push_back({pass.name, pass.run(&net->graph)});
    RETURN_IF_ERROR(
        PlanRewrittenLayers(options.backend.layers, context, &net->graph));
  }
  for (const Node& node : net->graph.nodes) {
    CHECK_EQ(node.parameters.size(), node.plan.parameters.size())
        << node.parameter.name();
  }
  return absl::OkStatus();
}

// Parameters and, of those that learn in training, gradients and momentum.
int64_t ParameterBytes(const ParameterStore& parameters, Phase phase) {
  int64_t elements = 0;
  for (const Parameter& parameter : parameters.parameters()) {
    const bool is_updated = phase == TRAIN && parameter.learns();
    elements += parameter.shape.num_elements() * (is_updated ? 3 : 1);
  }
  return elements * int64_t{sizeof(float)};
}

absl::Status LayOut(const NetOptions& options, const ParameterStore& parameters,
                    PlannedNet* net) {
  const LayoutOptions layout = {options.phase == TRAIN, options.keep_all_values,
                                options.backend.device->memory_traits()};
  if (options.memory_budget == 0) {
    net->layout = LayOutMemory(net->graph, layout);
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(
      BudgetedLayout budgeted,
      LayOutWithinBudget(
          net->graph, layout,
          {options.memory_budget, ParameterBytes(parameters, options.phase)}));
  net->layout = std::move(budgeted.layout);
  net->budget = budgeted.report;
  return absl::OkStatus();
}

ProductPrecision PrecisionOf(const NetParameter& parameter) {
  switch (parameter.compute()) {
    case NetParameter::BF16:
      return ProductPrecision::kBf16;
    case NetParameter::FP16:
      return ProductPrecision::kFp16;
    case NetParameter::FLOAT32:
      break;
  }
  return parameter.math() == NetParameter::TF32 ? ProductPrecision::kTf32
                                                : ProductPrecision::kFloat32;
}

}  // namespace

NetState NetOptions::state() const {
  NetState state;
  state.set_phase(phase);
  state.set_level(level);
  for (const std::string& stage : stages) state.add_stage(stage);
  return state;
}

absl::StatusOr<PlannedNet> PlanNet(const NetParameter& parameter,
                                   const NetOptions& options,
                                   ParameterStore* parameters) {
  CHECK(options.backend.device != nullptr);
  PlanContext context;
  context.phase = options.phase;
  context.device = options.backend.device.get();
  context.batch_source = options.batch_source;
  context.batch_size = options.batch_size;
  context.precision = PrecisionOf(parameter);

  PlannedNet net;
  net.name = parameter.name();
  RETURN_IF_ERROR(CheckLikeText(parameter));
  ASSIGN_OR_RETURN(const FlatNet flat, FlattenNet(parameter, options.state(),
                                                  options.backend.layers));
  if (options.batch_source != nullptr) {
    RETURN_IF_ERROR(FindDataLayer(flat.net, options.phase).status());
  }
  ASSIGN_OR_RETURN(net.graph, BuildGraph(flat.net, flat.unfiltered));
  net.graph.phase = options.phase;
  RETURN_IF_ERROR(PlanLayers(options.backend.layers, context, &net.graph));
  RETURN_IF_ERROR(
      DeclareParameters(options.new_parameters, &net.graph, parameters));
  if (options.phase == TRAIN) {
    net.warnings = FindUnreachedParameters(parameter, net.graph);
  }
  RETURN_IF_ERROR(RunPasses(options, context, &net));
  RETURN_IF_ERROR(LayOut(options, *parameters, &net));
  return net;
}

}  // namespace tamp
