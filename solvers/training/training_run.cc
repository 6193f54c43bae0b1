#include "solvers/training/training_run.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"
#include "core/status_macros.h"
#include "formats/snapshot.h"
#include "solvers/state/snapshot_series.h"

namespace tamp {
namespace {

// How much the newest step counts in the displayed speed.
constexpr double kSmoothing = 0.1;

// Tells the observers how far a test has come.
class TestWatcher : public Evaluation::Watcher {
 public:
  TestWatcher(const std::vector<TrainingObserver*>& observers, int64_t samples,
              absl::FunctionRef<void()> after_batch)
      : observers_(observers), samples_(samples), after_batch_(after_batch) {}

  void OnBatch(int64_t samples_done) override {
    for (TrainingObserver* observer : observers_) {
      observer->OnTestBatch(samples_done, samples_);
    }
    after_batch_();
  }

 private:
  const std::vector<TrainingObserver*>& observers_;
  const int64_t samples_;
  const absl::FunctionRef<void()> after_batch_;
};

}  // namespace

TrainingRun::TrainingRun(Solver* solver, TrainingRunOptions options)
    : solver_(solver),
      options_(std::move(options)),
      epoch_(&solver->scores()),
      display_(&solver->scores()),
      moving_(&solver->scores(), options_.average_loss),
      tests_done_(options_.tests_done),
      snapshot_iteration_(solver->iteration()),
      snapshot_tests_done_(options_.tests_done) {}

absl::StatusOr<bool> TrainingRun::Run() {
  const absl::Status status = RunSteps();
  if (!status.ok()) {
    solver_->Leave(status);
    if (options_.snapshot_prefix.empty()) {
      Notice("no snapshot: snapshot_prefix is empty");
    }
    TryToTakeSnapshot();
    return status;
  }
  const bool is_done = solver_->is_done() && !HasTestsLeft();
  if (!is_done) solver_->Leave(absl::CancelledError("stopped"));
  RETURN_IF_ERROR(is_done ? Finish() : FinishEarly());
  return is_done;
}

absl::Status TrainingRun::RunSteps() {
  const bool tests_first =
      solver_->iteration() == 0 && solver_->plan().tests_first();
  if (tests_first || HasTestsLeft()) {
    RETURN_IF_ERROR(Test(/*ends_epoch=*/false));
  }
  while (!solver_->is_done() && !MustStop()) {
    RETURN_IF_ERROR(StepAndMeasure());
    RETURN_IF_ERROR(AfterStep());
    RETURN_IF_ERROR(CheckObservers());
    TakeRequestedSnapshot();
  }
  return absl::OkStatus();
}

absl::Status TrainingRun::StepAndMeasure() {
  last_lr_ = solver_->lr();
  const std::optional<double> loss_scale = solver_->loss_scale();
  const auto start = std::chrono::steady_clock::now();
  RETURN_IF_ERROR(solver_->Step());
  tests_done_ = 0;
  const std::chrono::duration<double> time =
      std::chrono::steady_clock::now() - start;
  const double seconds = time.count();
  step_seconds_ = step_seconds_ == 0
                      ? seconds
                      : step_seconds_ + kSmoothing * (seconds - step_seconds_);
  epoch_.Add(solver_->last_means(), seconds);
  display_.Add(solver_->last_means(), seconds);
  moving_.Add(solver_->last_means());
  ReportLossScale(loss_scale);
  return absl::OkStatus();
}

absl::Status TrainingRun::AfterStep() {
  snapshot_path_.clear();
  const TrainingPlan& plan = solver_->plan();
  const int64_t done = solver_->iteration();
  if (plan.DisplaysAfter(done)) ReportTrain();
  ReportStep();
  ReportSkipped();
  const absl::Status tested = plan.TestsAfter(done) && !MustStop()
                                  ? Test(plan.EndsEpoch(done))
                                  : absl::OkStatus();
  if (plan.EndsEpoch(done)) ReportEpoch();
  RETURN_IF_ERROR(tested);
  if (plan.SnapshotsAfter(done)) TryToTakeSnapshot();
  return absl::OkStatus();
}

bool TrainingRun::HasTestsLeft() const {
  const int64_t done = solver_->iteration();
  const int num_tests = static_cast<int>(solver_->evaluations().size());
  return done > 0 && solver_->plan().TestsAfter(done) &&
         tests_done_ < num_tests;
}

absl::Status TrainingRun::Test(bool ends_epoch) {
  TestReport report;
  report.position = solver_->plan().PositionAfter(solver_->iteration());
  report.num_test_nets = static_cast<int>(solver_->evaluations().size());
  for (; tests_done_ < report.num_test_nets; ++tests_done_) {
    const auto& evaluation = solver_->evaluations()[tests_done_];
    report.test_net = tests_done_;
    const auto after_batch = [this] { TakeRequestedSnapshot(); };
    TestWatcher watcher(options_.observers, evaluation->num_samples(),
                        after_batch);
    absl::StatusOr<TestResult> result =
        evaluation->Run(options_.stop, &watcher);
    ReportSkipped();
    if (absl::IsCancelled(result.status())) return absl::OkStatus();
    RETURN_IF_ERROR(result.status());
    report.net_name = evaluation->name();
    report.result = *std::move(result);
    report.is_in_epoch_report = ends_epoch && report.test_net == 0;
    for (TrainingObserver* observer : options_.observers) {
      observer->OnTest(report);
    }
    if (report.test_net > 0) continue;
    test_ = report.result;
    test_iteration_ = solver_->iteration();
  }
  return absl::OkStatus();
}

absl::Status TrainingRun::Finish() {
  if (options_.snapshot_after_train) RETURN_IF_ERROR(TakeSnapshot());
  EndReport report;
  report.position = solver_->plan().PositionAfter(solver_->iteration());
  report.num_parameters = solver_->parameters().num_learned();
  if (test_iteration_ == solver_->iteration()) report.test = test_->mean;
  for (TrainingObserver* observer : options_.observers) {
    observer->OnEnd(report);
  }
  return absl::OkStatus();
}

absl::Status TrainingRun::FinishEarly() {
  RETURN_IF_ERROR(TakeSnapshot());
  Notice(absl::StrCat("stopped after iteration ", solver_->iteration(), " of ",
                      solver_->plan().total_iterations(),
                      HasTestsLeft() ? ", before its test was done" : "",
                      options_.snapshot_prefix.empty()
                          ? ", without a snapshot: snapshot_prefix is empty"
                          : ""));
  return absl::OkStatus();
}

absl::Status TrainingRun::TakeSnapshot() {
  const int64_t iteration = solver_->iteration();
  const bool is_there =
      snapshot_iteration_ == iteration && snapshot_tests_done_ == tests_done_;
  if (options_.snapshot_prefix.empty() || iteration == 0 || is_there) {
    return absl::OkStatus();
  }
  const std::string path = SnapshotPath(options_.snapshot_prefix, iteration);
  ASSIGN_OR_RETURN(SnapshotParameter snapshot, solver_->Capture());
  snapshot.set_tests_done(tests_done_);
  RETURN_IF_ERROR(WriteSnapshot(path, snapshot));
  snapshot_iteration_ = iteration;
  snapshot_tests_done_ = tests_done_;
  snapshot_path_ = path;
  Notice(absl::StrCat("snapshot ", path));
  return absl::OkStatus();
}

void TrainingRun::TryToTakeSnapshot() {
  const absl::Status taken = TakeSnapshot();
  if (taken.ok()) return;
  Notice(absl::StrCat("warning: no snapshot of iteration ",
                      solver_->iteration(), ": ",
                      std::string(taken.message())));
}

void TrainingRun::TakeRequestedSnapshot() {
  std::atomic<bool>* const request = options_.snapshot_request;
  if (request != nullptr && request->exchange(false)) TryToTakeSnapshot();
}

void TrainingRun::ReportStep() {
  StepReport report;
  report.position = solver_->plan().PositionAfter(solver_->iteration());
  report.epoch_mean = epoch_.Mean();
  report.iterations_per_second = 1 / step_seconds_;
  report.images_per_second = report.iterations_per_second *
                             solver_->plan().clock().samples_per_iteration();
  report.lr = last_lr_;
  for (TrainingObserver* observer : options_.observers) {
    observer->OnStep(report);
  }
}

void TrainingRun::ReportTrain() {
  TrainReport report;
  report.position = solver_->plan().PositionAfter(solver_->iteration());
  report.is_of_epoch = solver_->plan().displays_epochs();
  report.mean = report.is_of_epoch ? epoch_.Mean() : moving_.Mean();
  report.images_per_second = display_.count() *
                             solver_->plan().clock().samples_per_iteration() /
                             display_.seconds();
  report.lr = last_lr_;
  report.loss_scale = solver_->loss_scale();
  report.skipped_steps = skipped_steps_;
  for (TrainingObserver* observer : options_.observers) {
    observer->OnTrain(report);
  }
  display_.Reset();
  skipped_steps_ = 0;
}

void TrainingRun::ReportEpoch() {
  EpochReport report;
  report.position = solver_->plan().PositionAfter(solver_->iteration());
  report.train = epoch_.Mean();
  report.seconds = epoch_.seconds();
  if (test_iteration_ == solver_->iteration()) report.test = test_;
  for (TrainingObserver* observer : options_.observers) {
    observer->OnEpoch(report);
  }
  epoch_.Reset();
}

absl::Status TrainingRun::CheckObservers() {
  if (MustStop()) return absl::OkStatus();  // with a snapshot anyway
  for (const TrainingObserver* observer : options_.observers) {
    const absl::Status status = observer->status();
    const bool is_known =
        std::find(failed_observers_.begin(), failed_observers_.end(),
                  observer) != failed_observers_.end();
    if (status.ok() || is_known) continue;
    if (absl::IsCancelled(status)) return status;
    failed_observers_.push_back(observer);
    Notice(absl::StrCat("warning: ", std::string(status.message()),
                        "; the training goes on"));
  }
  return absl::OkStatus();
}

void TrainingRun::ReportLossScale(std::optional<double> before) {
  const std::optional<double> now = solver_->loss_scale();
  if (now == before) return;
  const bool was_skipped = *now < *before;
  skipped_steps_ += was_skipped;
  Notice(absl::StrCat(
      "iteration ", solver_->iteration(),
      was_skipped ? ": gradients are not finite, no update is made;" : ":",
      " the loss scale is now ", static_cast<int64_t>(*now)));
}

void TrainingRun::ReportSkipped() {
  for (const std::string& line : solver_->train_source().TakeNotices()) {
    Notice(line);
  }
  for (const auto& evaluation : solver_->evaluations()) {
    for (const std::string& line : evaluation->source().TakeNotices()) {
      Notice(line);
    }
  }
}

void TrainingRun::Notice(const std::string& line) {
  for (TrainingObserver* observer : options_.observers) {
    observer->OnNotice(line);
  }
}

}  // namespace tamp
