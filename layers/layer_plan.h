// LayerPlan: everything that the planner, the executor and the solver need to
// know of a layer before the first step. Pure data: a memory plan is a function
// of plans and lifetimes alone.

#ifndef TAMP_LAYERS_LAYER_PLAN_H_
#define TAMP_LAYERS_LAYER_PLAN_H_

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "core/shape.h"
#include "proto/layer.pb.h"

namespace tamp {

// A parameter of a layer: a learned one, or a statistic that the layer itself
// keeps (running mean and variance), which the solver never touches.
struct ParameterPlan {
  enum class Kind { kLearned, kStatistic };

  std::string name;  // within the layer: "weight", "bias", "running_mean"
  Shape shape;
  FillerParameter filler;
  Kind kind = Kind::kLearned;
  // What its elements are where trained weights hold all other parameters of
  // the layer and lack this one, which other programs do not keep.
  std::optional<float> value_when_absent = std::nullopt;
};

struct LayerPlan {
  static constexpr int kAllInputs = std::numeric_limits<int>::max();

  std::vector<Shape> outputs;
  std::vector<ParameterPlan> parameters;

  // Memory that lives from the layer's forward to its backward.
  std::vector<int64_t> saved_bytes;
  // Scratch memory during one forward or one backward, in bytes. Its contents
  // are undefined at the start.
  int64_t forward_workspace_bytes = 0;
  int64_t backward_workspace_bytes = 0;

  // Output 0 may be written over input 0.
  bool can_run_in_place = false;
  // The gradient of input 0 may be written over that of output 0.
  bool can_run_backward_in_place = false;
  // The gradient of input 0 may be written over input 0 itself.
  bool can_write_gradient_over_input = false;
  // What Backward reads besides the output gradients; the planner keeps it.
  bool backward_reads_inputs = true;
  bool backward_reads_outputs = false;

  // The first so many inputs have gradients; labels come behind them.
  int num_differentiable_inputs = kAllInputs;
  // Forward leaves the outputs as they are: the net's user fills them, once for
  // any number of steps (inputs of a net, data layers without a data set).
  bool outputs_are_external = false;
  // Output 0 is a loss: it has weight 1 in the objective unless the layer's
  // loss_weight says otherwise.
  bool is_loss = false;
  // The first so many outputs are means. Forward writes beside each of their
  // numbers how many samples (or positions) it is a mean of, 0 for none, so
  // that those of several batches can be put together. A loss that is no mean
  // is a sum over the batch.
  int num_mean_outputs = 0;

  // Multiply-adds of one forward, for summaries and timing.
  int64_t forward_multiply_adds = 0;
};

}  // namespace tamp

#endif  // TAMP_LAYERS_LAYER_PLAN_H_
