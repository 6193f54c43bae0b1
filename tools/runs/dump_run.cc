#include "tools/runs/dump_run.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "core/check.h"
#include "core/device/device.h"
#include "core/status_macros.h"
#include "layers/tensor_copy.h"
#include "net/graph/parameter_store.h"
#include "net/net.h"
#include "solvers/sgd/epoch_clock.h"
#include "solvers/sgd/lr_schedule.h"
#include "solvers/sgd/sgd.h"
#include "tools/runs/dump_inputs.h"

namespace tamp {
namespace {

void SwitchOffDropout(NetParameter* net) {
  for (LayerParameter& layer : *net->mutable_layer()) {
    if (layer.type() == "Dropout") {
      layer.mutable_dropout_param()->set_dropout_ratio(0);
    }
  }
}

class Runner {
 public:
  Runner(const Safetensors& inputs, const DumpOptions& options)
      : inputs_(inputs, options.inputs_path), options_(options) {}

  absl::StatusOr<std::vector<DumpTensor>> Run(const NetParameter& net) {
    RETURN_IF_ERROR(MakeNets(net));
    RETURN_IF_ERROR(inputs_.FillParameters(device(), &train_->parameters()));
    const std::vector<std::vector<float>> start = SaveParameters();
    FirstStep();
    RestoreParameters(start);
    RETURN_IF_ERROR(TakeSteps());
    WriteParameters("final", [](const Parameter&) { return true; });
    test_->Forward({options_.seed, options_.steps});
    WriteValues("eval", *test_);
    return std::move(outputs_);
  }

 private:
  Device* device() const { return options_.backend.device.get(); }

  absl::Status MakeNets(const NetParameter& net) {
    ASSIGN_OR_RETURN(NetParameter adapted, inputs_.AdaptNet(net));
    if (options_.no_dropout) SwitchOffDropout(&adapted);
    NetOptions options;
    options.backend = options_.backend;
    options.keep_all_values = options_.keep_all_values;
    options.phase = TRAIN;
    ASSIGN_OR_RETURN(train_, Net::Create(adapted, options));
    options.phase = TEST;
    options.parameters = &train_->parameters();
    options.new_parameters = NewParameters::kRefused;
    ASSIGN_OR_RETURN(test_, Net::Create(adapted, options));
    RETURN_IF_ERROR(inputs_.FillDataTops(device(), train_.get()));
    return inputs_.FillDataTops(device(), test_.get());
  }

  // A training forward and backward; the loss.
  double ForwardBackward(int64_t step) {
    train_->Forward({options_.seed, step});
    train_->Backward({options_.seed, step}, GradMode::kWrite);
    return train_->Loss();
  }

  void FirstStep() {
    const double loss = ForwardBackward(0);
    WriteValues("blob", *train_);
    Write("loss", {1}, {static_cast<float>(loss)});
    for (const Parameter& parameter : train_->parameters().parameters()) {
      if (!parameter.learns()) continue;
      WriteView("grad", parameter.name,
                View::Dense(parameter.gradient, parameter.shape));
    }
    WriteParameters("stat", [](const Parameter& p) { return !p.is_learned(); });
  }

  absl::Status TakeSteps() {
    if (options_.steps == 0) return absl::OkStatus();
    const SolverParameter& solver = options_.solver;
    ASSIGN_OR_RETURN(const SgdOptions sgd_options, SgdOptionsOf(solver));
    ASSIGN_OR_RETURN(
        const std::unique_ptr<Sgd> sgd,
        Sgd::Create(sgd_options, train_->parameters(), options_.backend));
    ASSIGN_OR_RETURN(
        const LrSchedule schedule,
        LrSchedule::Create(
            solver, EpochClock(1, 1),
            solver.max_iter() > 0 ? solver.max_iter() : options_.steps));
    std::vector<float> losses;
    for (int64_t step = 0; step < options_.steps; ++step) {
      losses.push_back(static_cast<float>(ForwardBackward(step)));
      sgd->Update(schedule.RateAt(step), /*num_batches=*/1);
    }
    Write("losses", {options_.steps}, std::move(losses));
    return absl::OkStatus();
  }

  std::vector<std::vector<float>> SaveParameters() const {
    std::vector<std::vector<float>> saved;
    for (const Parameter& parameter : train_->parameters().parameters()) {
      saved.push_back(
          CopyToHost(View::Dense(parameter.data, parameter.shape), device()));
    }
    return saved;
  }

  void RestoreParameters(const std::vector<std::vector<float>>& saved) {
    size_t i = 0;
    for (const Parameter& parameter : train_->parameters().parameters()) {
      CopyFromHost(saved[i++], device(),
                   View::Dense(parameter.data, parameter.shape));
    }
  }

  void Write(std::string name, const Shape& shape, std::vector<float> values) {
    outputs_.push_back({std::move(name), shape, std::move(values)});
  }

  void WriteView(absl::string_view prefix, absl::string_view name,
                 const ConstView& view) {
    Write(absl::StrCat(prefix, ".", TensorName(name)), view.shape,
          CopyToHost(view, device()));
  }

  template <typename Predicate>
  void WriteParameters(absl::string_view prefix, Predicate wanted) {
    for (const Parameter& parameter : train_->parameters().parameters()) {
      if (!wanted(parameter)) continue;
      WriteView(prefix, parameter.name,
                View::Dense(parameter.data, parameter.shape));
    }
  }

  // Of the values of one name, which layers in place make, the newest.
  void WriteValues(absl::string_view prefix, const Net& net) {
    absl::flat_hash_map<std::string, bool> written;
    const Graph& graph = net.graph();
    for (size_t v = 0; v < graph.values.size(); ++v) {
      const Value& value = graph.values[v];
      const bool is_kept = options_.keep_all_values ||
                           graph.Consumers(static_cast<int>(v)).empty();
      if (value.producer < 0 || !is_kept ||
          std::exchange(written[value.name], true)) {
        continue;
      }
      const View view = net.value(value.name);
      if (view.data != nullptr) WriteView(prefix, value.name, view);
    }
  }

  const DumpInputs inputs_;
  const DumpOptions& options_;
  std::unique_ptr<Net> train_, test_;
  std::vector<DumpTensor> outputs_;
};

}  // namespace

absl::StatusOr<std::vector<DumpTensor>> DumpRun(const NetParameter& net,
                                                const Safetensors& inputs,
                                                const DumpOptions& options) {
  CHECK(options.backend.device != nullptr);
  CHECK_GE(options.steps, 0);
  return Runner(inputs, options).Run(net);
}

}  // namespace tamp
