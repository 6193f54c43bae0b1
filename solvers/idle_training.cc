#include "solvers/idle_training.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace tamp {
namespace {

// Between these iterations a rate rises or falls all the way, or stays: one
// that is 0 at all of them is 0 throughout.
bool IsZeroThroughout(const TrainingPlan& plan) {
  const int64_t total = plan.total_iterations();
  const int64_t warmup = plan.lr_schedule().warmup_iterations();
  for (const int64_t at :
       {int64_t{0}, int64_t{1}, warmup, total / 2, total - 1}) {
    if (plan.lr_schedule().RateAt(std::min(at, total - 1)) > 0) return false;
  }
  return true;
}

bool Learns(const Parameter& parameter) {
  return parameter.is_learned() && parameter.lr_mult != 0;
}

}  // namespace

std::vector<std::string> WarnOfIdleTraining(const SolverParameter& solver,
                                            const TrainingPlan& plan,
                                            const ParameterStore& parameters) {
  std::vector<std::string> warnings;
  if (IsZeroThroughout(plan)) {
    warnings.push_back(absl::StrCat(
        "warning: nothing will be learned: the learning rate is 0 in all ",
        plan.total_iterations(), " iterations (base_lr: ", solver.base_lr(),
        ", lr_policy: \"", solver.lr_policy(), "\")"));
  }
  const auto& all = parameters.parameters();
  if (parameters.num_learned() > 0 &&
      std::none_of(all.begin(), all.end(), Learns)) {
    warnings.push_back(
        "warning: nothing will be learned: lr_mult is 0 for all parameters");
  }
  return warnings;
}

}  // namespace tamp
