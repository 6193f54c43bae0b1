// LayerRunner: a layer with all the memory that it needs, for tests of whole
// layers. Does what an executor does, with padded strides if wanted: outputs,
// gradients, saved and scratch memory are NaN before they are written, so that
// an element which a layer forgets shows.
//
//   LayerRunner runner(layer.get(), {{2, 3, 4, 4}}, {}, {1, 5});
//   ASSERT_OK(runner.status());
//   runner.input(0).FillRandom(&random);
//   runner.Forward();
//   EXPECT_THAT(runner.output(0).ToVector(), ...);

#ifndef TAMP_TESTS_UTIL_LAYER_RUNNER_H_
#define TAMP_TESTS_UTIL_LAYER_RUNNER_H_

#include <cstdint>
#include <limits>
#include <vector>

#include "absl/status/status.h"
#include "core/cpu/cpu_device.h"
#include "core/shape.h"
#include "kernels/grad_mode.h"
#include "layers/layer.h"
#include "tests/util/test_tensor.h"

namespace tamp {

class LayerRunner {
 public:
  struct Options {
    Phase phase = TRAIN;
    int num_threads = 1;
    bool in_place = false;           // output 0 in the memory of input 0
    bool backward_in_place = false;  // its gradient in that of output 0
  };

  // Plans the layer, for this runner's device: runners of the same layer before
  // it are done. The layer must outlive the runner.
  LayerRunner(Layer* layer, const std::vector<Shape>& inputs, Options options,
              Padding padding = {})
      : layer_(layer), options_(options), device_(options.num_threads) {
    PlanContext context;
    context.phase = options.phase;
    context.device = &device_;
    absl::StatusOr<LayerPlan> plan = layer->Plan(inputs, context);
    status_ = plan.status();
    if (!status_.ok()) return;
    plan_ = *std::move(plan);
    for (const Shape& shape : inputs) {
      inputs_.emplace_back(shape, padding);
      input_grads_.emplace_back(shape, padding);
    }
    for (const Shape& shape : plan_.outputs) {
      outputs_.emplace_back(shape, padding);
      output_grads_.emplace_back(shape, padding);
      output_grads_.back().Fill(1);
    }
    for (int i = 0; i < plan_.num_mean_outputs; ++i) {
      counts_.emplace_back(plan_.outputs[i]);
    }
    for (const ParameterPlan& parameter : plan_.parameters) {
      parameters_.emplace_back(parameter.shape);
      parameter_grads_.emplace_back(parameter.shape);
    }
    for (const int64_t bytes : plan_.saved_bytes) {
      saved_.push_back(NanMemory(bytes));
    }
    input_grad_modes_.assign(inputs.size(), GradMode::kWrite);
    for (size_t i = 0; i < inputs.size(); ++i) {
      if (static_cast<int>(i) >= plan_.num_differentiable_inputs) {
        input_grad_modes_[i] = GradMode::kSkip;
      }
    }
  }

  const absl::Status& status() const { return status_; }
  const LayerPlan& plan() const { return plan_; }
  StepContext& step() { return step_; }

  TestTensor<float>& input(int i) { return inputs_[i]; }
  TestTensor<float>& output(int i) {
    return i == 0 && options_.in_place ? inputs_[0] : outputs_[i];
  }
  // Of output i, which is a mean.
  TestTensor<float>& counts(int i) { return counts_[i]; }
  TestTensor<float>& output_grad(int i) { return output_grads_[i]; }
  TestTensor<float>& input_grad(int i) {
    return i == 0 && options_.backward_in_place ? output_grads_[0]
                                                : input_grads_[i];
  }
  TestTensor<float>& parameter(int i) { return parameters_[i]; }
  TestTensor<float>& parameter_grad(int i) { return parameter_grads_[i]; }

  void set_input_grad_mode(int i, GradMode mode) {
    input_grad_modes_[i] = mode;
  }

  // Backward gets no gradient of this output, as of a top that the loss
  // ignores.
  void DropOutputGrad(int i) { dropped_output_grad_ = i; }

  void Forward(bool is_recomputation = false) {
    ForwardArgs args;
    args.is_recomputation = is_recomputation;
    std::vector<ConstView> inputs = ConstViews(&inputs_);
    std::vector<View> outputs, parameters = Views(&parameters_);
    for (size_t i = 0; i < outputs_.size(); ++i) {
      if (i != 0 || !options_.in_place) output(i).Fill(kNan);
      outputs.push_back(output(i).view());
    }
    if (options_.in_place) outputs[0].shape = plan_.outputs[0];
    for (TestTensor<float>& count : counts_) count.Fill(kNan);
    std::vector<View> counts = Views(&counts_);
    std::vector<void*> saved = Pointers();
    std::vector<float> workspace = NanMemory(plan_.forward_workspace_bytes);
    args.step = step_;
    args.inputs = inputs;
    args.outputs = outputs;
    args.counts = counts;
    args.parameters = parameters;
    args.saved = saved;
    args.workspace = workspace.data();
    layer_->Forward(args);
  }

  // The gradients of inputs whose mode is kAdd, and nothing else, keep what
  // they hold.
  void Backward() {
    BackwardArgs args;
    std::vector<ConstView> inputs = ConstViews(&inputs_), outputs;
    std::vector<ConstView> output_grads = ConstViews(&output_grads_);
    std::vector<View> input_grads;
    for (size_t i = 0; i < outputs_.size(); ++i) {
      outputs.push_back(output(i).view());
      if (!plan_.backward_reads_outputs) outputs.back().data = nullptr;
      if (dropped_output_grad_ == static_cast<int>(i)) {
        output_grads[i].data = nullptr;
      }
    }
    for (size_t i = 0; i < inputs_.size(); ++i) {
      if (!plan_.backward_reads_inputs) inputs[i].data = nullptr;
      const bool in_place = i == 0 && options_.backward_in_place;
      if (input_grad_modes_[i] == GradMode::kWrite && !in_place) {
        input_grad(i).Fill(kNan);
      }
      input_grads.push_back(input_grad(i).view());
      if (input_grad_modes_[i] == GradMode::kSkip) {
        input_grads.back().data = nullptr;
      }
    }
    for (TestTensor<float>& grad : parameter_grads_) grad.Fill(kNan);
    std::vector<View> parameters = Views(&parameters_);
    std::vector<View> parameter_grads = Views(&parameter_grads_);
    std::vector<GradMode> parameter_modes;
    for (size_t i = 0; i < plan_.parameters.size(); ++i) {
      const bool learned =
          plan_.parameters[i].kind == ParameterPlan::Kind::kLearned;
      parameter_modes.push_back(learned ? GradMode::kWrite : GradMode::kSkip);
      if (!learned) parameter_grads[i].data = nullptr;
    }
    std::vector<void*> saved = Pointers();
    std::vector<float> workspace = NanMemory(plan_.backward_workspace_bytes);
    args.step = step_;
    args.inputs = inputs;
    args.outputs = outputs;
    args.output_grads = output_grads;
    args.input_grads = input_grads;
    args.input_grad_modes = input_grad_modes_;
    args.parameters = parameters;
    args.parameter_grads = parameter_grads;
    args.parameter_grad_modes = parameter_modes;
    args.saved = saved;
    args.workspace = workspace.data();
    layer_->Backward(args);
  }

  // No element between those of outputs and input gradients was written.
  bool PaddingIsUntouched() {
    bool untouched = true;
    for (auto* tensors : {&outputs_, &input_grads_, &inputs_, &output_grads_}) {
      for (TestTensor<float>& tensor : *tensors) {
        untouched = untouched && tensor.PaddingIsUntouched();
      }
    }
    return untouched;
  }

 private:
  static constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

  static std::vector<float> NanMemory(int64_t bytes) {
    return std::vector<float>((bytes + 3) / 4, kNan);
  }

  static std::vector<View> Views(std::vector<TestTensor<float>>* tensors) {
    std::vector<View> views;
    for (TestTensor<float>& tensor : *tensors) views.push_back(tensor.view());
    return views;
  }

  static std::vector<ConstView> ConstViews(
      std::vector<TestTensor<float>>* tensors) {
    std::vector<ConstView> views;
    for (TestTensor<float>& tensor : *tensors) views.push_back(tensor.view());
    return views;
  }

  std::vector<void*> Pointers() {
    std::vector<void*> pointers;
    for (std::vector<float>& memory : saved_) pointers.push_back(memory.data());
    return pointers;
  }

  Layer* const layer_;
  const Options options_;
  CpuDevice device_;
  absl::Status status_;
  LayerPlan plan_;
  StepContext step_;
  std::vector<TestTensor<float>> inputs_, outputs_, counts_, parameters_;
  std::vector<TestTensor<float>> input_grads_, output_grads_, parameter_grads_;
  std::vector<GradMode> input_grad_modes_;
  int dropped_output_grad_ = -1;
  std::vector<std::vector<float>> saved_;
};

}  // namespace tamp

#endif  // TAMP_TESTS_UTIL_LAYER_RUNNER_H_
