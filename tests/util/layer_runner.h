// LayerRunner: a layer on a device, with all the memory that it needs, for
// tests of whole layers. Does what an executor does, with padded strides if
// wanted: outputs, gradients, saved and scratch memory are NaN before they are
// written, so that an element which a layer forgets shows.
//
//   LayerRunner runner(device, parameter, {{2, 3, 4, 4}}, {}, {1, 5});
//   ASSERT_OK(runner.status());
//   runner.input(0).FillRandom(&random);
//   runner.Forward();
//   EXPECT_THAT(runner.output(0).ToVector(), ...);

#ifndef TAMP_TESTS_UTIL_LAYER_RUNNER_H_
#define TAMP_TESTS_UTIL_LAYER_RUNNER_H_

#include <cstdint>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "core/check.h"
#include "core/device/buffer.h"
#include "core/device/device.h"
#include "core/shape.h"
#include "core/status_macros.h"
#include "kernels/grad_mode.h"
#include "layers/layer.h"
#include "layers/layer_registry.h"
#include "net/backend.h"
#include "proto/layer.pb.h"
#include "tests/util/devices/available_devices.h"
#include "tests/util/devices/device_tensor.h"
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

  // Makes and plans the layer.
  LayerRunner(const AvailableDevice& device, const LayerParameter& parameter,
              const std::vector<Shape>& inputs, Options options,
              Padding padding = {})
      : options_(options), backend_(device.make_backend(options.num_threads)) {
    status_ = Plan(parameter, inputs);
    if (status_.ok()) Allocate(inputs, padding);
  }

  // The layer's error, if it could not be made or planned.
  const absl::Status& status() const { return status_; }
  const LayerPlan& plan() const { return plan_; }
  StepContext& step() { return step_; }

  DeviceTensor& input(int i) { return inputs_[i]; }
  DeviceTensor& output(int i) {
    return i == 0 && options_.in_place ? inputs_[0] : outputs_[i];
  }
  // Of output i, which is a mean.
  DeviceTensor& counts(int i) { return counts_[i]; }
  DeviceTensor& output_grad(int i) { return output_grads_[i]; }
  DeviceTensor& input_grad(int i) {
    return i == 0 && options_.backward_in_place ? output_grads_[0]
                                                : input_grads_[i];
  }
  DeviceTensor& parameter(int i) { return parameters_[i]; }
  DeviceTensor& parameter_grad(int i) { return parameter_grads_[i]; }

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
    for (DeviceTensor& count : counts_) count.Fill(kNan);
    std::vector<View> counts = Views(&counts_);
    std::vector<void*> saved = Pointers();
    const Buffer workspace = NanMemory(plan_.forward_workspace_bytes);
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
    for (DeviceTensor& grad : parameter_grads_) grad.Fill(kNan);
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
    const Buffer workspace = NanMemory(plan_.backward_workspace_bytes);
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
      for (DeviceTensor& tensor : *tensors) {
        untouched = untouched && tensor.PaddingIsUntouched();
      }
    }
    return untouched;
  }

 private:
  static constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

  absl::Status Plan(const LayerParameter& parameter,
                    const std::vector<Shape>& inputs) {
    ASSIGN_OR_RETURN(layer_, CreateLayerFromTable(backend_.layers, parameter));
    PlanContext context;
    context.phase = options_.phase;
    context.device = device();
    ASSIGN_OR_RETURN(plan_, layer_->Plan(inputs, context));
    return absl::OkStatus();
  }

  void Allocate(const std::vector<Shape>& inputs, Padding padding) {
    for (const Shape& shape : inputs) {
      inputs_.emplace_back(shape, padding, device());
      input_grads_.emplace_back(shape, padding, device());
    }
    for (const Shape& shape : plan_.outputs) {
      outputs_.emplace_back(shape, padding, device());
      output_grads_.emplace_back(shape, padding, device());
      output_grads_.back().Fill(1);
    }
    for (int i = 0; i < plan_.num_mean_outputs; ++i) {
      counts_.emplace_back(plan_.outputs[i], device());
    }
    for (const ParameterPlan& parameter : plan_.parameters) {
      parameters_.emplace_back(parameter.shape, device());
      parameter_grads_.emplace_back(parameter.shape, device());
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

  Device* device() { return backend_.device.get(); }

  Buffer NanMemory(int64_t bytes) {
    const int64_t floats = (bytes + 3) / 4;
    auto buffer = device()->Allocate(floats * int64_t{sizeof(float)});
    CHECK(buffer.ok()) << buffer.status();
    device()->Fill({buffer->floats(), 1, 1, 0, 0, floats}, kNan);
    return *std::move(buffer);
  }

  static std::vector<View> Views(std::vector<DeviceTensor>* tensors) {
    std::vector<View> views;
    for (DeviceTensor& tensor : *tensors) views.push_back(tensor.view());
    return views;
  }

  static std::vector<ConstView> ConstViews(std::vector<DeviceTensor>* tensors) {
    std::vector<ConstView> views;
    for (DeviceTensor& tensor : *tensors) views.push_back(tensor.view());
    return views;
  }

  std::vector<void*> Pointers() {
    std::vector<void*> pointers;
    for (const Buffer& memory : saved_) pointers.push_back(memory.data());
    return pointers;
  }

  const Options options_;
  const Backend backend_;
  std::unique_ptr<Layer> layer_;
  absl::Status status_;
  LayerPlan plan_;
  StepContext step_;
  std::vector<DeviceTensor> inputs_, outputs_, counts_, parameters_;
  std::vector<DeviceTensor> input_grads_, output_grads_, parameter_grads_;
  std::vector<GradMode> input_grad_modes_;
  int dropped_output_grad_ = -1;
  std::vector<Buffer> saved_;
};

}  // namespace tamp

#endif  // TAMP_TESTS_UTIL_LAYER_RUNNER_H_
