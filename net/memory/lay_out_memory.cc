#include "net/memory/lay_out_memory.h"

#include "net/graph/gradient_flow.h"
#include "net/memory/gradients/gradient_writes.h"
#include "net/memory/gradients/gradients_over_data.h"
#include "net/memory/order_elements.h"
#include "net/memory/place_buffers.h"
#include "net/memory/share_storages.h"

namespace tamp {
namespace {

GradientFlow NoGradients(const Graph& graph) {
  GradientFlow flow;
  flow.has_gradient.assign(graph.values.size(), false);
  flow.runs_backward.assign(graph.nodes.size(), false);
  return flow;
}

SharedMemory Share(const Graph& graph, const LayoutOptions& options) {
  const GradientFlow flow =
      options.with_backward ? FindGradientFlow(graph) : NoGradients(graph);
  SharedMemory shared;
  shared.data = ShareDataStorages(graph, flow, options);
  OrderElements(graph, options, &shared.data);
  shared.gradients = ShareGradientStorages(graph, flow, options);
  shared.nodes = PlanGradientWrites(graph, flow, options, &shared.gradients);
  OrderElements(graph, options, &shared.gradients);
  shared.gradients_over_data =
      FindGradientsOverData(graph, shared.nodes, shared.data, shared.gradients);
  return shared;
}

}  // namespace

LayoutMaker::LayoutMaker(const Graph& graph, const LayoutOptions& options)
    : graph_(graph),
      shared_(Share(graph, options)),
      recomputable_(FindRecomputable(graph, shared_.data)) {}

MemoryLayout LayoutMaker::LayOut(const std::vector<bool>& is_recomputed) const {
  return TimeBuffers(graph_, shared_,
                     ScheduleRecomputation(graph_, shared_.data, recomputable_,
                                           is_recomputed));
}

MemoryLayout LayOutMemory(const Graph& graph, const LayoutOptions& options) {
  const LayoutMaker maker(graph, options);
  MemoryLayout layout =
      maker.LayOut(std::vector<bool>(maker.recomputable().size(), false));
  layout.plan = PlaceBuffers(layout.buffers, options.memory);
  return layout;
}

}  // namespace tamp
