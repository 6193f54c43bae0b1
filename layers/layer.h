// Layer: decides. It holds options, infers shapes and says what must be kept
// for backward; a kernel computes.
//
// Life of a layer: Create (in its room, from a LayerParameter), then Plan, then
// any number of Forward and Backward. Everything that can fail on a user's
// input fails in Create or Plan, with a message that needs no layer name or
// file place: the caller puts `net/x.prototxt:41:3: layer "conv1": ` before it.
// A message names inputs as the user does: bottom 0, or the bottom's name from
// the LayerParameter.

#ifndef TAMP_LAYERS_LAYER_H_
#define TAMP_LAYERS_LAYER_H_

#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/device/device.h"
#include "core/shape.h"
#include "kernels/grad_mode.h"
#include "kernels/product_precision.h"
#include "layers/layer_plan.h"
#include "layers/tensor.h"
#include "proto/net.pb.h"

namespace tamp {

class BatchSource;

// What a layer may ask while it plans.
struct PlanContext {
  Phase phase = TRAIN;
  Device* device = nullptr;
  // What a Data layer gets its batches from; null when there is no data
  // (summary, timing): it then leaves its outputs as they are.
  BatchSource* batch_source = nullptr;
  // Replaces the batch size of Data layers when positive.
  int64_t batch_size = 0;
  ProductPrecision precision = ProductPrecision::kFloat32;
};

// The step that a Forward or Backward belongs to; random layers are a pure
// function of (seed, layer, step, index).
struct StepContext {
  uint64_t seed = 0;
  int64_t step = 0;
};

// The spans point at memory of the executor and hold for the call only. What
// the views, saved and workspace point at is memory of the device, which a
// layer hands on to its kernel and never touches itself. Outputs, counts, saved
// and workspace may hold anything (also NaN) before Forward.
//
// Each saved memory, the workspace and each parameter begin at a multiple of
// the device's MemoryTraits::alignment, views of inputs and outputs at a float.
struct ForwardArgs {
  StepContext step;
  absl::Span<const ConstView> inputs;
  absl::Span<const View> outputs;
  // Of each output that is a mean, in its shape, dense.
  absl::Span<const View> counts;
  absl::Span<const View> parameters;  // in the order of the plan
  absl::Span<void* const> saved;      // in the order of the plan
  void* workspace = nullptr;
  // This step's Forward ran before; it runs again to restore outputs whose
  // memory was given away. What lives from step to step (running statistics)
  // must not change a second time.
  bool is_recomputation = false;
};

struct BackwardArgs {
  StepContext step;
  absl::Span<const ConstView> inputs;   // data null unless the plan reads them
  absl::Span<const ConstView> outputs;  // data null unless the plan reads them
  // Data null where the objective does not depend on the output.
  absl::Span<const ConstView> output_grads;
  absl::Span<const View> input_grads;
  absl::Span<const GradMode> input_grad_modes;
  absl::Span<const View> parameters;
  // Data null, and mode kSkip, where they are not wanted: of statistics, and of
  // parameters that do not learn.
  absl::Span<const View> parameter_grads;
  absl::Span<const GradMode> parameter_grad_modes;
  absl::Span<void* const> saved;
  void* workspace = nullptr;
};

class Layer {
 public:
  virtual ~Layer() = default;

  // Makes the kernel on the device, and fails where that fails.
  virtual absl::StatusOr<LayerPlan> Plan(absl::Span<const Shape> inputs,
                                         const PlanContext& context) = 0;

  // REQUIRES: Plan succeeded; the views have the planned shapes, any strides.
  virtual void Forward(const ForwardArgs& args) = 0;

  // REQUIRES: the Forward of the same step ran before it. Layers without
  // differentiable inputs and parameters are never asked.
  virtual void Backward(const BackwardArgs& args) = 0;

  // Asked when all work of a training step has been asked for and nobody has
  // waited for it: the time to get ready what the next Forward takes from
  // elsewhere than the device. That Forward may belong to another step.
  virtual void PrepareNextStep() {}
};

}  // namespace tamp

#endif  // TAMP_LAYERS_LAYER_H_
