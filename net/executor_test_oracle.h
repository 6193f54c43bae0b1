#ifndef TAMP_NET_EXECUTOR_TEST_ORACLE_H_
#define TAMP_NET_EXECUTOR_TEST_ORACLE_H_

#include <cstdint>

#include "net/graph/gradient_flow.h"
#include "net/graph/graph.h"

namespace tamp {

// What the elements of values and gradients must be.
class Oracle {
 public:
  explicit Oracle(const Graph* graph) : graph_(graph) {}

  void FindFlow() { flow_ = FindGradientFlow(*graph_); }

  // Values that passes placed in others show through them.
  float Content(int value, int64_t channel) const {
    for (size_t v = 0; v < graph_->values.size(); ++v) {
      const Placement& placement = graph_->values[v].placement;
      if (placement.value != value) continue;
      const int64_t inner = channel - placement.channel_offset;
      if (inner >= 0 && inner < graph_->values[v].shape.channels()) {
        return Content(static_cast<int>(v), inner);
      }
    }
    return 1000.0f + value;
  }

  // What stands beside a value that is a mean.
  static float Count(int value) { return 9000.0f + value; }

  // What node n gives to the gradient of its input i.
  static float Contribution(int node, int input) {
    return 1.0f + 10 * node + input;
  }

  float Gradient(int value, int64_t channel) const {
    float sum = 0;
    const Value& v = graph_->values[value];
    if (v.placement.value >= 0 && flow_.has_gradient[v.placement.value]) {
      sum += Gradient(v.placement.value, channel + v.placement.channel_offset);
    }
    sum += LossWeight(graph_->nodes[v.producer], v.output_index);
    for (size_t n = 0; n < graph_->nodes.size(); ++n) {
      const Node& node = graph_->nodes[n];
      if (!flow_.runs_backward[n] || node.is_elided) continue;
      for (size_t i = 0; i < node.inputs.size(); ++i) {
        if (node.inputs[i] == value && IsDifferentiable(node, i)) {
          sum += Contribution(static_cast<int>(n), static_cast<int>(i));
        }
      }
    }
    return sum;
  }

  const GradientFlow& flow() const { return flow_; }

 private:
  const Graph* graph_;
  GradientFlow flow_;
};

}  // namespace tamp

#endif  // TAMP_NET_EXECUTOR_TEST_ORACLE_H_
