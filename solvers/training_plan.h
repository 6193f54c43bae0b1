// TrainingPlan: when things happen in a training: a solver's options turned
// into iterations. A pure function of the solver and the size of the data.

#ifndef TAMP_SOLVERS_TRAINING_PLAN_H_
#define TAMP_SOLVERS_TRAINING_PLAN_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "proto/solver.pb.h"
#include "solvers/report/training_observer.h"
#include "solvers/sgd/epoch_clock.h"
#include "solvers/sgd/lr_schedule.h"

namespace tamp {

// Something that happens every so many iterations or epochs; never when both
// are 0.
struct Interval {
  int64_t iterations = 0;
  int64_t epochs = 0;

  bool is_set() const { return iterations > 0 || epochs > 0; }
  // Whether it is due after `done` iterations. REQUIRES: done is positive.
  bool IsDue(int64_t done, const EpochClock& clock) const {
    if (iterations > 0) return done % iterations == 0;
    return epochs > 0 && clock.EndsEpochs(done, epochs);
  }
};

class TrainingPlan {
 public:
  // Errors name the field: `max_iter and max_epoch are both given; keep one`.
  static absl::StatusOr<TrainingPlan> Create(const SolverParameter& parameter,
                                             const EpochClock& clock);

  int64_t total_iterations() const { return total_iterations_; }
  int64_t total_epochs() const { return total_epochs_; }
  const EpochClock& clock() const { return clock_; }
  const LrSchedule& lr_schedule() const { return lr_schedule_; }

  // Whether there are tests at all, and one before the first iteration.
  bool has_tests() const { return test_.is_set(); }
  bool tests_first() const { return has_tests() && tests_first_; }

  // What comes after `done` iterations, at least 1. The end of the training is
  // the end of an epoch and the time of a test, wherever it falls.
  bool EndsEpoch(int64_t done) const {
    return done == total_iterations_ || clock_.EndsEpochs(done, 1);
  }
  bool TestsAfter(int64_t done) const {
    return has_tests() &&
           (done == total_iterations_ || test_.IsDue(done, clock_));
  }
  bool SnapshotsAfter(int64_t done) const {
    return snapshot_.IsDue(done, clock_);
  }
  bool DisplaysAfter(int64_t done) const {
    return display_ > 0 ? done % display_ == 0 : EndsEpoch(done);
  }
  // Whether displays show means over the epoch, not over average_loss.
  bool displays_epochs() const { return display_ == 0; }

  TrainingPosition PositionAfter(int64_t done) const;

 private:
  TrainingPlan(const EpochClock& clock, const LrSchedule& lr_schedule)
      : clock_(clock), lr_schedule_(lr_schedule) {}

  EpochClock clock_;
  LrSchedule lr_schedule_;
  int64_t total_iterations_ = 0;
  int64_t total_epochs_ = 0;
  Interval test_;
  Interval snapshot_;
  int64_t display_ = 0;
  bool tests_first_ = false;
};

}  // namespace tamp

#endif  // TAMP_SOLVERS_TRAINING_PLAN_H_
