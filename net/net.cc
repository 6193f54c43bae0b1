#include "net/net.h"

#include "absl/memory/memory.h"
#include "core/check.h"
#include "core/status_macros.h"
#include "net/memory_check.h"

namespace tamp {
absl::StatusOr<std::unique_ptr<Net>> Net::Create(const NetParameter& parameter,
                                                 const NetOptions& options) {
  std::unique_ptr<Net> net = absl::WrapUnique(new Net());
  RETURN_IF_ERROR(net->Build(parameter, options));
  return net;
}

absl::Status Net::Build(const NetParameter& parameter,
                        const NetOptions& options) {
  device_ = options.backend.device;
  phase_ = options.phase;
  batch_source_ = options.batch_source;
  parameters_ = options.parameters;
  if (parameters_ == nullptr) {
    own_parameters_ = std::make_unique<ParameterStore>();
    parameters_ = own_parameters_.get();
  }
  ASSIGN_OR_RETURN(planned_, PlanNet(parameter, options, parameters_));
  RETURN_IF_ERROR(CheckMemory(parameter, options, planned_, *parameters_));
  Device* const device = device_.get();
  RETURN_IF_ERROR(
      parameters_->Allocate(device, options.seed, options.phase == TRAIN));
  arena_ = options.arena ? options.arena
                         : std::make_shared<Arena>(options.backend.device);
  ASSIGN_OR_RETURN(float* const arena,
                   arena_->Reserve(planned_.layout.plan.total_bytes));
  executor_ = std::make_unique<Executor>(planned_.graph, planned_.layout,
                                         device, arena);
  return absl::OkStatus();
}

void Net::Forward(const StepContext& step, NodeObserver* observer) {
  executor_->Forward(step, observer);
}

void Net::Backward(const StepContext& step, GradMode mode,
                   NodeObserver* observer) {
  CHECK(phase_ == TRAIN);
  executor_->Backward(step, mode, observer);
}

absl::Status Net::data_status() const {
  return batch_source_ == nullptr ? absl::OkStatus() : batch_source_->status();
}

int Net::FindValue(absl::string_view name) const {
  const std::vector<Value>& values = planned_.graph.values;
  int newest = -1;
  for (size_t v = 0; v < values.size(); ++v) {
    if (values[v].producer < 0 || values[v].name != name) continue;
    if (newest < 0 || values[v].producer > values[newest].producer) {
      newest = static_cast<int>(v);
    }
  }
  return newest;
}

View Net::value(absl::string_view name) const {
  const int v = FindValue(name);
  return v < 0 ? View() : executor_->value(v);
}

View Net::gradient(absl::string_view name) const {
  const int v = FindValue(name);
  return v < 0 ? View() : executor_->gradient(v);
}

}  // namespace tamp
