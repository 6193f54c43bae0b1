// TrainingObserver: is told how a training goes, to show progress on the screen
// or to write metrics to a file.

#ifndef TAMP_SOLVERS_REPORT_TRAINING_OBSERVER_H_
#define TAMP_SOLVERS_REPORT_TRAINING_OBSERVER_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "solvers/evaluation/scores.h"

namespace tamp {

// Where a training stands after an iteration. Epochs count from 1; one is that
// of the iteration just done.
struct TrainingPosition {
  int64_t iteration = 0;  // done so far
  int64_t total_iterations = 0;
  int64_t epoch = 0;  // 0 before the first iteration
  int64_t total_epochs = 0;
  int64_t epoch_iteration = 0;  // done of this epoch
  int64_t epoch_iterations = 0;
};

struct StepReport {
  TrainingPosition position;
  LossAndAccuracy epoch_mean;    // over the epoch so far
  double images_per_second = 0;  // of training, over the last iterations
  double iterations_per_second = 0;
  double lr = 0;
};

// At the solver's display interval, or once an epoch.
struct TrainReport {
  TrainingPosition position;
  LossAndAccuracy mean;      // over average_loss iterations,
  bool is_of_epoch = false;  // or over the epoch, which an EpochReport repeats
  double images_per_second = 0;
  double lr = 0;
  // Where the loss is scaled (Solver::loss_scale): by what from now on, and how
  // many steps made no update since the last such report.
  std::optional<double> loss_scale;
  int64_t skipped_steps = 0;
};

// Of one test net over all of its samples.
struct TestReport {
  TrainingPosition position;
  int test_net = 0;  // which of
  int num_test_nets = 1;
  std::string net_name;
  TestResult result;
  // An EpochReport with this result follows.
  bool is_in_epoch_report = false;
};

struct EpochReport {
  TrainingPosition position;
  LossAndAccuracy train;
  double seconds = 0;  // of training, without tests
  // Of the first test net, where it ran after this epoch.
  std::optional<TestResult> test;
};

struct EndReport {
  TrainingPosition position;
  int64_t num_parameters = 0;  // learned numbers
  std::optional<LossAndAccuracy> test;
};

class TrainingObserver {
 public:
  virtual ~TrainingObserver() = default;

  // After each iteration: must not allocate unless it shows something.
  virtual void OnStep(const StepReport&) {}
  // After each batch of a test.
  virtual void OnTestBatch(int64_t /*samples_done*/, int64_t /*samples*/) {}
  // Before OnStep of the same iteration: who shows both need not say it twice.
  virtual void OnTrain(const TrainReport&) {}
  virtual void OnTest(const TestReport&) {}
  virtual void OnEpoch(const EpochReport&) {}
  // One line for the user, such as where a snapshot was written.
  virtual void OnNotice(const std::string& /*line*/) {}
  // When all iterations are done; not when a training is stopped early.
  virtual void OnEnd(const EndReport&) {}

  // The first error of writing what it was told, see write_error.h. A training
  // whose results nobody reads any more ends; after other errors it goes on.
  virtual absl::Status status() const { return absl::OkStatus(); }
};

}  // namespace tamp

#endif  // TAMP_SOLVERS_REPORT_TRAINING_OBSERVER_H_
