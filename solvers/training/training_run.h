// TrainingRun: a training from where it stands to its end: steps, tests,
// reports and snapshots at their times.

#ifndef TAMP_SOLVERS_TRAINING_TRAINING_RUN_H_
#define TAMP_SOLVERS_TRAINING_TRAINING_RUN_H_

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "proto/solver.pb.h"
#include "solvers/report/loss_meter.h"
#include "solvers/report/training_observer.h"
#include "solvers/solver.h"

namespace tamp {

struct TrainingRunOptions {
  // Where snapshots go (snapshot_series.h); empty: none are taken.
  std::string snapshot_prefix;
  // A snapshot when all iterations are done.
  bool snapshot_after_train = true;
  // Of the snapshot that the solver was restored from: how many test nets had
  // run at its iteration. Those that are due there and had not run come first.
  int tests_done = 0;
  // Displayed losses are means over so many iterations; positive.
  int64_t average_loss = 1;
  // Set from elsewhere to stop after the step under way; may be null.
  const std::atomic<bool>* stop = nullptr;
  // Set from elsewhere to ask for a snapshot soon, after the step or within the
  // test under way; cleared when it is taken. May be null.
  std::atomic<bool>* snapshot_request = nullptr;
  // Must outlive the run.
  std::vector<TrainingObserver*> observers;
};

class TrainingRun {
 public:
  // The solver must outlive it, and may have been restored.
  TrainingRun(Solver* solver, TrainingRunOptions options);

  // Until the end, or until told to stop: then a snapshot is taken. Whether it
  // came to its end. Errors: those of Solver::Step, of the test data, and a
  // last snapshot that cannot be written. One on the way that cannot be written
  // is a warning: the training goes on.
  //
  // What an observer cannot write is a warning as well, but an error where
  // nobody reads it any more.
  //
  // An error leaves a snapshot as well: of the state after the last step that
  // succeeded, if all of it is finite; otherwise a notice says why there is
  // none.
  absl::StatusOr<bool> Run();

  // The snapshot of where the training stands now; empty when this run took
  // none.
  const std::string& snapshot_path() const { return snapshot_path_; }

 private:
  bool MustStop() const { return options_.stop != nullptr && *options_.stop; }

  // Steps and what comes between them, until the end or until told to stop.
  absl::Status RunSteps();
  absl::Status StepAndMeasure();
  // Tests, reports and snapshots that are due after a step.
  absl::Status AfterStep();
  // Those of the test nets that have not run at this iteration, until told to
  // stop. The first one's result is also in the epoch's report, where that
  // follows.
  absl::Status Test(bool ends_epoch);
  // Whether tests are due after the last step that have not been done.
  bool HasTestsLeft() const;
  absl::Status Finish();
  absl::Status FinishEarly();
  // Does nothing where this state has a snapshot, before the first step, or
  // without a prefix.
  absl::Status TakeSnapshot();
  // What cannot be written is a warning.
  void TryToTakeSnapshot();
  void TakeRequestedSnapshot();

  void ReportStep();
  void ReportTrain();
  void ReportEpoch();
  // Where a step has changed the scale of the loss, which was `before`.
  void ReportLossScale(std::optional<double> before);
  // Images that were skipped since the last time.
  void ReportSkipped();
  void Notice(const std::string& line);
  // Whether what they wrote has arrived, as far as it matters.
  absl::Status CheckObservers();

  Solver* const solver_;
  const TrainingRunOptions options_;

  LossMeter epoch_;
  LossMeter display_;  // since the last report
  MovingLoss moving_;
  double step_seconds_ = 0;  // smoothed
  double last_lr_ = 0;
  int64_t skipped_steps_ = 0;  // since the last report

  int tests_done_;  // test nets that have run at this iteration
  // Of the first test net, and when.
  std::optional<TestResult> test_;
  int64_t test_iteration_ = -1;
  // Of the last snapshot; where the run starts, there is nothing to save.
  int64_t snapshot_iteration_;
  int snapshot_tests_done_;
  std::string snapshot_path_;
  std::vector<const TrainingObserver*> failed_observers_;
};

}  // namespace tamp

#endif  // TAMP_SOLVERS_TRAINING_TRAINING_RUN_H_
