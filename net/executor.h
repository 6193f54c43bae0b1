// Executor: runs the layers of a planned and placed graph, forward and
// backward. All arguments are bound once, so that a step allocates nothing.

#ifndef TAMP_NET_EXECUTOR_H_
#define TAMP_NET_EXECUTOR_H_

#include <cstdint>
#include <vector>

#include "core/device/device.h"
#include "kernels/grad_mode.h"
#include "layers/layer.h"
#include "layers/tensor.h"
#include "net/graph/graph.h"
#include "net/memory/memory_layout.h"
#include "net/node_observer.h"

namespace tamp {

class Executor {
 public:
  // graph, layout and device must outlive the executor; arena is memory of the
  // device, of at least layout.plan.total_bytes; parameters have their memory.
  Executor(const Graph& graph, const MemoryLayout& layout, Device* device,
           float* arena);
  Executor(const Executor&) = delete;

  // All nodes, in the graph's order. `observer` may be null.
  void Forward(const StepContext& step, NodeObserver* observer = nullptr);

  // All nodes, the last one first. The gradients of parameters are overwritten
  // or added. What a node needs and was not kept is made again first.
  void Backward(const StepContext& step, GradMode parameter_mode,
                NodeObserver* observer = nullptr);

  // What the gradients of all losses are multiplied by, from the next Backward
  // on; 1 before it is set.
  void set_loss_scale(float scale) { loss_scale_ = scale; }

  // Tells all nodes that the work of a training step has been asked for
  // (Layer::PrepareNextStep).
  void PrepareNextStep();

  // Sum of losses times weights, from a Forward to the next one.
  double Loss() const;
  // Of the numbers of a value.
  double Sum(int value) const;

  // As forward leaves it. Terms of the objective, and what no layer reads, stay
  // to the end of the step, counts do as well.
  View value(int value) const { return values_[value]; }
  // How many samples each number of a value is a mean of; null data where it is
  // no mean, or dead.
  View counts(int value) const;
  View gradient(int value) const { return gradients_[value]; }

 private:
  // What a node's Forward and Backward get; the spans in the args point here.
  struct Binding {
    std::vector<ConstView> inputs, output_grads;
    std::vector<ConstView> backward_inputs, backward_outputs;
    std::vector<View> outputs, counts, input_grads;
    std::vector<View> parameters, parameter_grads;
    std::vector<GradMode> write_modes, add_modes;  // of parameters
    std::vector<void*> saved;
    ForwardArgs forward;
    BackwardArgs backward;
  };
  // A node's second Forward of a step.
  struct Rerun {
    std::vector<ConstView> inputs;
    std::vector<View> outputs;
    ForwardArgs forward;
  };
  struct LossTerm {
    int value;
    float weight;
  };

  void BindViews(float* arena);
  void BindNode(int node, float* arena);
  void BindReruns(int node, float* arena);
  void BindParameterModes();
  void BindLosses();
  void ForwardNode(int node, const StepContext& step);
  void BackwardNode(int node, const StepContext& step, GradMode parameter_mode);
  // Sets the gradients of all losses to their weights, by a scale that may be
  // another in the next step.
  void SeedLossGradients();

  const Graph& graph_;
  const MemoryLayout& layout_;
  Device* const device_;
  std::vector<View> values_, gradients_;
  std::vector<View> backward_values_;       // where backward reads them
  std::vector<std::vector<View>> cleared_;  // per node, before its backward
  std::vector<Binding> bindings_;
  std::vector<Rerun> reruns_;  // by node; empty for most
  std::vector<LossTerm> losses_;
  float loss_scale_ = 1;
  mutable std::vector<float> host_;  // a value that is read
};

}  // namespace tamp

#endif  // TAMP_NET_EXECUTOR_H_
