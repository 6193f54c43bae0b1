#include "net/report/multiply_adds.h"

#include "absl/algorithm/container.h"
#include "kernels/grad_mode.h"

namespace tamp {

int64_t BackwardMultiplyAdds(const Node& node, const NodeLayout& layout) {
  if (!layout.runs_backward) return 0;
  const bool makes_input_gradients =
      absl::c_any_of(layout.input_grad_modes,
                     [](GradMode mode) { return mode != GradMode::kSkip; });
  // The first parameter is the weight; other gradients are cheap sums.
  const bool makes_weight_gradient =
      !node.parameters.empty() && node.parameters[0]->learns();
  return (makes_input_gradients + makes_weight_gradient) *
         node.plan.forward_multiply_adds;
}

int64_t StepMultiplyAdds(const Graph& graph, const MemoryLayout& layout) {
  int64_t sum = 0;
  for (size_t n = 0; n < graph.nodes.size(); ++n) {
    if (graph.nodes[n].is_elided) continue;
    sum += graph.nodes[n].plan.forward_multiply_adds +
           BackwardMultiplyAdds(graph.nodes[n], layout.nodes[n]);
  }
  return sum;
}

}  // namespace tamp
