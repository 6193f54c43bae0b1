#include "solvers/training_plan.h"

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "core/status_macros.h"

namespace tamp {
namespace {

// Far above any training, far below any overflow.
constexpr int64_t kMaxIterations = int64_t{1} << 48;
constexpr int64_t kMaxAverageLoss = 1 << 20;

absl::Status CheckAtLeast(absl::string_view field, int64_t value,
                          int64_t least) {
  if (value >= least) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(field, " is ", value, ", it must be at least ", least));
}

absl::Status BothGiven(absl::string_view first, absl::string_view second) {
  return absl::InvalidArgumentError(
      absl::StrCat(first, " and ", second, " are both given; keep one"));
}

absl::StatusOr<Interval> MakeInterval(absl::string_view iterations_field,
                                      int64_t iterations,
                                      absl::string_view epochs_field,
                                      int64_t epochs) {
  RETURN_IF_ERROR(CheckAtLeast(iterations_field, iterations, 0));
  RETURN_IF_ERROR(CheckAtLeast(epochs_field, epochs, 0));
  if (iterations > 0 && epochs > 0) {
    return BothGiven(iterations_field, epochs_field);
  }
  return Interval{iterations, epochs};
}

absl::StatusOr<int64_t> TotalIterations(const SolverParameter& parameter,
                                        const EpochClock& clock) {
  if (parameter.has_max_iter() && parameter.has_max_epoch()) {
    return BothGiven("max_iter", "max_epoch");
  }
  if (parameter.has_max_iter()) {
    RETURN_IF_ERROR(CheckAtLeast("max_iter", parameter.max_iter(), 1));
    return parameter.max_iter();
  }
  if (!parameter.has_max_epoch()) {
    return absl::InvalidArgumentError("max_iter or max_epoch is missing");
  }
  RETURN_IF_ERROR(CheckAtLeast("max_epoch", parameter.max_epoch(), 1));
  const int64_t iterations = clock.FirstIteration(parameter.max_epoch());
  if (iterations <= kMaxIterations) return iterations;
  return absl::InvalidArgumentError(
      absl::StrCat("max_epoch is ", parameter.max_epoch(),
                   ", which is too many iterations"));
}

absl::Status CheckCounts(const SolverParameter& parameter) {
  RETURN_IF_ERROR(CheckAtLeast("iter_size", parameter.iter_size(), 1));
  RETURN_IF_ERROR(CheckAtLeast("display", parameter.display(), 0));
  RETURN_IF_ERROR(CheckAtLeast("average_loss", parameter.average_loss(), 1));
  if (parameter.average_loss() > kMaxAverageLoss) {
    return absl::InvalidArgumentError(
        absl::StrCat("average_loss is ", parameter.average_loss(),
                     ", it must be at most ", kMaxAverageLoss));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<TrainingPlan> TrainingPlan::Create(
    const SolverParameter& parameter, const EpochClock& clock) {
  RETURN_IF_ERROR(CheckCounts(parameter));
  ASSIGN_OR_RETURN(const int64_t total, TotalIterations(parameter, clock));
  ASSIGN_OR_RETURN(const LrSchedule lr_schedule,
                   LrSchedule::Create(parameter, clock, total));
  TrainingPlan plan(clock, lr_schedule);
  plan.total_iterations_ = total;
  plan.total_epochs_ = clock.EpochOf(total - 1) + 1;
  ASSIGN_OR_RETURN(
      plan.test_,
      MakeInterval("test_interval", parameter.test_interval(),
                   "test_interval_epochs", parameter.test_interval_epochs()));
  ASSIGN_OR_RETURN(
      plan.snapshot_,
      MakeInterval("snapshot", parameter.snapshot(), "snapshot_interval_epochs",
                   parameter.snapshot_interval_epochs()));
  plan.display_ = parameter.display();
  plan.tests_first_ = parameter.test_initialization();
  return plan;
}

TrainingPosition TrainingPlan::PositionAfter(int64_t done) const {
  TrainingPosition position;
  position.iteration = done;
  position.total_iterations = total_iterations_;
  position.total_epochs = total_epochs_;
  const int64_t epoch = clock_.EpochOf(std::max<int64_t>(done - 1, 0));
  const int64_t first = clock_.FirstIteration(epoch);
  position.epoch = done > 0 ? epoch + 1 : 0;
  position.epoch_iteration = done - first;
  position.epoch_iterations =
      std::min(clock_.FirstIteration(epoch + 1), total_iterations_) - first;
  return position;
}

}  // namespace tamp
