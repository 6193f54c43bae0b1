// Net: a network that runs. Made from a NetParameter (see planned_net.h), it
// owns all memory of its values, and runs forward and backward without
// allocating any.
//
//   NetOptions options;
//   options.phase = TRAIN;
//   options.backend = MakeCpuBackend(num_threads);
//   ASSIGN_OR_RETURN(auto net, Net::Create(net_parameter, options));
//   net->Forward({seed, step});
//   net->Backward({seed, step}, GradMode::kWrite);
//   const double loss = net->Loss();

#ifndef TAMP_NET_NET_H_
#define TAMP_NET_NET_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/device/device.h"
#include "data/batch_source.h"
#include "kernels/grad_mode.h"
#include "layers/layer.h"
#include "layers/tensor.h"
#include "net/arena.h"
#include "net/executor.h"
#include "net/graph/graph.h"
#include "net/graph/parameter_store.h"
#include "net/memory/memory_budget.h"
#include "net/memory/memory_layout.h"
#include "net/node_observer.h"
#include "net/planned_net.h"
#include "proto/net.pb.h"

namespace tamp {

class Net {
 public:
  // Errors are the user's, one line: those of PlanNet, and too little memory.
  static absl::StatusOr<std::unique_ptr<Net>> Create(
      const NetParameter& parameter, const NetOptions& options);

  Net(const Net&) = delete;
  Net& operator=(const Net&) = delete;

  // Runs all layers. `observer` may be null.
  void Forward(const StepContext& step, NodeObserver* observer = nullptr);
  // After the Forward of the same step: gradients of all learned parameters,
  // overwritten or (for gradients of several batches) added.
  // REQUIRES: phase TRAIN; mode is not kSkip.
  void Backward(const StepContext& step, GradMode mode,
                NodeObserver* observer = nullptr);

  // What the loss is multiplied by before its gradients are taken, from the
  // next Backward on: all gradients become so many times as large, Loss() stays
  // as it is. 1 before it is set.
  void set_loss_scale(float scale) { executor_->set_loss_scale(scale); }

  // To be called when nothing more is asked of a training step, before somebody
  // waits for it: its data come to the device while the step runs. The next
  // Forward need not be of the next step.
  void PrepareNextStep() { executor_->PrepareNextStep(); }

  // The sum of losses times their weights, as the last Forward left them. In
  // training ask after Backward: reading waits for what the device has begun.
  double Loss() const { return executor_->Loss(); }

  // The first error met while reading the data, naming the file: what a Forward
  // of such data computed is worth nothing. To be asked after each.
  absl::Status data_status() const;
  // NetOptions::batch_source.
  BatchSource* batch_source() const { return batch_source_; }

  // A top by name: the last layer's that wrote it. Null data when there is no
  // such top or it has no memory. The contents stay readable after the step if
  // it is an output or an input of the net or a term of the loss, or with
  // keep_all_values.
  View value(absl::string_view name) const;
  View gradient(absl::string_view name) const;
  // A value of graph().values.
  View value(int value) const { return executor_->value(value); }
  // How many samples each number of a value is a mean of, as long as the value
  // itself; null data where it is no mean.
  View counts(int value) const { return executor_->counts(value); }
  // The sum of a value's numbers.
  double Sum(int value) const { return executor_->Sum(value); }

  const std::string& name() const { return planned_.name; }
  Phase phase() const { return phase_; }
  ParameterStore& parameters() { return *parameters_; }
  const ParameterStore& parameters() const { return *parameters_; }
  // The graph that runs, after all passes.
  const Graph& graph() const { return planned_.graph; }
  const MemoryLayout& memory() const { return planned_.layout; }
  const std::vector<PassReport>& passes() const { return planned_.passes; }
  // What was chosen under NetOptions::memory_budget.
  const BudgetReport& budget() const { return planned_.budget; }
  // See PlannedNet::warnings.
  const std::vector<std::string>& warnings() const { return planned_.warnings; }
  // Memory to share; see NetOptions::arena.
  const std::shared_ptr<Arena>& arena() const { return arena_; }

 private:
  Net() = default;

  absl::Status Build(const NetParameter& parameter, const NetOptions& options);
  // The newest value of that name; -1 if there is none.
  int FindValue(absl::string_view name) const;

  std::shared_ptr<Device> device_;  // outlives what lives on it
  Phase phase_ = TRAIN;
  BatchSource* batch_source_ = nullptr;
  std::unique_ptr<ParameterStore> own_parameters_;
  ParameterStore* parameters_ = nullptr;
  PlannedNet planned_;
  std::shared_ptr<Arena> arena_;
  std::unique_ptr<Executor> executor_;
};

}  // namespace tamp

#endif  // TAMP_NET_NET_H_
