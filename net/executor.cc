#include "net/executor.h"

#include <utility>

#include "absl/container/flat_hash_set.h"
#include "core/check.h"
#include "layers/tensor_copy.h"
#include "net/graph/gradient_flow.h"

namespace tamp {
namespace {

float* AtBuffer(const MemoryLayout& layout, int buffer, float* arena) {
  if (buffer < 0) return nullptr;
  return arena + layout.plan.offsets[buffer] / int64_t{sizeof(float)};
}

// The view of a tensor of that shape in its region of storages that lie in
// those buffers; null data without memory.
View ViewOf(const MemoryLayout& layout, const std::vector<Storage>& storages,
            int Storage::*buffer, const Region& region, const Shape& shape,
            float* arena) {
  if (region.storage < 0) return View::Dense(nullptr, shape);
  const Storage& storage = storages[region.storage];
  const View whole = storage.At(AtBuffer(layout, storage.*buffer, arena));
  if (storage.shape == shape) return whole;
  return whole.Channels(region.channel_offset, shape.channels());
}

std::vector<GradMode> ParameterModes(const std::vector<View>& gradients,
                                     GradMode mode) {
  std::vector<GradMode> modes;
  for (const View& gradient : gradients) {
    modes.push_back(gradient.data == nullptr ? GradMode::kSkip : mode);
  }
  return modes;
}

}  // namespace

Executor::Executor(const Graph& graph, const MemoryLayout& layout,
                   Device* device, float* arena)
    : graph_(graph),
      layout_(layout),
      device_(device),
      bindings_(graph.nodes.size()),
      reruns_(graph.nodes.size()) {
  BindViews(arena);
  for (size_t n = 0; n < graph_.nodes.size(); ++n) {
    BindNode(static_cast<int>(n), arena);
  }
  for (size_t n = 0; n < graph_.nodes.size(); ++n) {
    BindReruns(static_cast<int>(n), arena);
  }
  BindParameterModes();
  BindLosses();
}

void Executor::BindViews(float* arena) {
  for (size_t v = 0; v < graph_.values.size(); ++v) {
    const Shape& shape = graph_.values[v].shape;
    const Region& data = layout_.data[v];
    values_.push_back(ViewOf(layout_, layout_.data_storages, &Storage::buffer,
                             data, shape, arena));
    const bool lives_twice =
        data.storage >= 0 &&
        layout_.data_storages[data.storage].second_buffer >= 0;
    backward_values_.push_back(
        lives_twice ? ViewOf(layout_, layout_.data_storages,
                             &Storage::second_buffer, data, shape, arena)
                    : values_.back());
    gradients_.push_back(ViewOf(layout_, layout_.gradient_storages,
                                &Storage::buffer, layout_.gradient[v], shape,
                                arena));
  }
  for (const NodeLayout& node : layout_.nodes) {
    std::vector<View> cleared;
    for (const ZeroRange& range : node.zero_before_backward) {
      const Storage& storage = layout_.gradient_storages[range.storage];
      const View whole = storage.At(AtBuffer(layout_, storage.buffer, arena));
      cleared.push_back(storage.shape.rank() > 1
                            ? whole.Channels(range.begin, range.count)
                            : whole);
    }
    cleared_.push_back(std::move(cleared));
  }
}

void Executor::BindNode(int n, float* arena) {
  const Node& node = graph_.nodes[n];
  const NodeLayout& layout = layout_.nodes[n];
  Binding& b = bindings_[n];
  const auto read_in_backward = [](ConstView view, bool reads) {
    if (!reads) view.data = nullptr;
    return view;
  };
  for (const int input : node.inputs) {
    b.inputs.push_back(values_[input]);
    b.backward_inputs.push_back(read_in_backward(
        backward_values_[input], node.plan.backward_reads_inputs));
    b.input_grads.push_back(gradients_[input]);
  }
  for (const int output : node.outputs) {
    b.outputs.push_back(values_[output]);
    b.backward_outputs.push_back(read_in_backward(
        backward_values_[output], node.plan.backward_reads_outputs));
    b.output_grads.push_back(gradients_[output]);
  }
  for (size_t i = 0; i < layout.counts.size(); ++i) {
    b.counts.push_back(View::Dense(AtBuffer(layout_, layout.counts[i], arena),
                                   node.plan.outputs[i]));
  }
  for (size_t p = 0; p < node.parameters.size(); ++p) {
    const Shape& shape = node.plan.parameters[p].shape;
    b.parameters.push_back(View::Dense(node.parameters[p]->data, shape));
    b.parameter_grads.push_back(
        View::Dense(node.parameters[p]->gradient, shape));
  }
  for (const int buffer : layout.saved) {
    b.saved.push_back(AtBuffer(layout_, buffer, arena));
  }
  b.forward.inputs = b.inputs;
  b.forward.outputs = b.outputs;
  b.forward.counts = b.counts;
  b.forward.parameters = b.parameters;
  b.forward.saved = b.saved;
  b.forward.workspace = AtBuffer(layout_, layout.forward_workspace, arena);
  b.backward.inputs = b.backward_inputs;
  b.backward.outputs = b.backward_outputs;
  b.backward.output_grads = b.output_grads;
  b.backward.input_grads = b.input_grads;
  b.backward.input_grad_modes = layout.input_grad_modes;
  b.backward.parameters = b.parameters;
  b.backward.parameter_grads = b.parameter_grads;
  b.backward.saved = b.saved;
  b.backward.workspace = AtBuffer(layout_, layout.backward_workspace, arena);
}

// What runs again before node n's backward.
void Executor::BindReruns(int n, float* arena) {
  const NodeLayout& layout = layout_.nodes[n];
  for (const int again : layout.recomputed_before_backward) {
    const Node& node = graph_.nodes[again];
    Rerun& rerun = reruns_[again];
    for (const int input : node.inputs) {
      rerun.inputs.push_back(backward_values_[input]);
    }
    for (const int output : node.outputs) {
      rerun.outputs.push_back(backward_values_[output]);
    }
    rerun.forward = bindings_[again].forward;
    rerun.forward.inputs = rerun.inputs;
    rerun.forward.outputs = rerun.outputs;
    rerun.forward.workspace =
        AtBuffer(layout_, layout.backward_workspace, arena);
    rerun.forward.is_recomputation = true;
  }
}

void Executor::BindParameterModes() {
  absl::flat_hash_set<const float*> written;
  for (int n = static_cast<int>(bindings_.size()) - 1; n >= 0; --n) {
    Binding& b = bindings_[n];
    b.add_modes = ParameterModes(b.parameter_grads, GradMode::kAdd);
    b.write_modes = ParameterModes(b.parameter_grads, GradMode::kWrite);
    if (!layout_.nodes[n].runs_backward) continue;
    for (size_t p = 0; p < b.write_modes.size(); ++p) {
      if (b.write_modes[p] == GradMode::kSkip) continue;
      // Of the layers that share a parameter the first to run backward writes.
      if (!written.insert(b.parameter_grads[p].data).second) {
        b.write_modes[p] = GradMode::kAdd;
      }
    }
  }
}

void Executor::BindLosses() {
  for (const Node& node : graph_.nodes) {
    for (size_t i = 0; i < node.outputs.size(); ++i) {
      const float weight = LossWeight(node, static_cast<int>(i));
      if (weight != 0) losses_.push_back({node.outputs[i], weight});
    }
  }
}

void Executor::Forward(const StepContext& step, NodeObserver* observer) {
  for (int n = 0; n < static_cast<int>(bindings_.size()); ++n) {
    ForwardNode(n, step);
    if (observer != nullptr) observer->AfterForward(n);
  }
  device_->EndLayer();
}

void Executor::ForwardNode(int n, const StepContext& step) {
  if (graph_.nodes[n].is_elided) return;
  device_->BeginLayer(graph_.nodes[n].parameter.name(), LayerPass::kForward);
  Binding& b = bindings_[n];
  b.forward.step = step;
  graph_.nodes[n].layer->Forward(b.forward);
}

void Executor::Backward(const StepContext& step, GradMode parameter_mode,
                        NodeObserver* observer) {
  SeedLossGradients();
  for (int n = static_cast<int>(bindings_.size()) - 1; n >= 0; --n) {
    BackwardNode(n, step, parameter_mode);
    if (observer != nullptr) observer->AfterBackward(n);
  }
  device_->EndLayer();
}

void Executor::BackwardNode(int n, const StepContext& step,
                            GradMode parameter_mode) {
  CHECK(parameter_mode != GradMode::kSkip);
  if (!layout_.nodes[n].runs_backward) return;
  for (const int again : layout_.nodes[n].recomputed_before_backward) {
    device_->BeginLayer(graph_.nodes[again].parameter.name(),
                        LayerPass::kRecomputation);
    ForwardArgs& forward = reruns_[again].forward;
    forward.step = step;
    graph_.nodes[again].layer->Forward(forward);
  }
  device_->BeginLayer(graph_.nodes[n].parameter.name(), LayerPass::kBackward);
  for (const View& view : cleared_[n]) FillView(view, 0, device_);
  Binding& b = bindings_[n];
  b.backward.step = step;
  b.backward.parameter_grad_modes =
      parameter_mode == GradMode::kWrite ? b.write_modes : b.add_modes;
  graph_.nodes[n].layer->Backward(b.backward);
}

void Executor::PrepareNextStep() {
  for (const Node& node : graph_.nodes) {
    if (node.is_elided) continue;
    device_->BeginLayer(node.parameter.name(), LayerPass::kForward);
    node.layer->PrepareNextStep();
  }
  device_->EndLayer();
}

void Executor::SeedLossGradients() {
  for (const LossTerm& loss : losses_) {
    if (gradients_[loss.value].data == nullptr) continue;
    FillView(gradients_[loss.value], loss.weight * loss_scale_, device_);
  }
}

double Executor::Loss() const {
  double sum = 0;
  for (const LossTerm& loss : losses_) {
    sum += double{loss.weight} * Sum(loss.value);
  }
  return sum;
}

double Executor::Sum(int value) const {
  const View& view = values_[value];
  host_.resize(view.shape.num_elements());
  CopyToHost(view, device_, absl::MakeSpan(host_));
  double sum = 0;
  for (const float number : host_) sum += number;
  return sum;
}

View Executor::counts(int value) const {
  const Value& v = graph_.values[value];
  if (v.producer < 0) return View();  // a pass has replaced its layer
  const std::vector<View>& counts = bindings_[v.producer].counts;
  return v.output_index < static_cast<int>(counts.size())
             ? counts[v.output_index]
             : View();
}

}  // namespace tamp
