#include "solvers/training/training_run.h"

#include <atomic>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/check.h"
#include "core/status_macros.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "net/backend.h"
#include "solvers/state/snapshot_series.h"
#include "tests/util/devices/available_devices.h"
#include "tests/util/made_up_batches.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;

// 25 samples in batches of 10: epochs end after 3, 5 and 8 iterations.
constexpr char kNet[] =
    "name: 'small' "
    "  layer { name: 'data' type: 'Data' top: 'data' top: 'label' "
    "    data_param { batch_size: 10 } } "
    "  layer { name: 'fc' type: 'InnerProduct' bottom: 'data' top: 'fc' "
    "    inner_product_param { num_output: 3 "
    "      weight_filler { type: 'xavier' } } } "
    "  layer { name: 'loss' type: 'SoftmaxWithLoss' bottom: 'fc' "
    "    bottom: 'label' top: 'loss' } "
    "  layer { name: 'accuracy' type: 'Accuracy' bottom: 'fc' "
    "    bottom: 'label' top: 'accuracy' } ";

// Writes down what happens, and stops the training when told to.
class Recorder : public TrainingObserver {
 public:
  void OnStep(const StepReport& report) override {
    ++steps;
    iteration = report.position.iteration;
    if (report.position.iteration == stop_after) stop = true;
    if (report.position.iteration == request_after) snapshot_request = true;
  }
  void OnTestBatch(int64_t, int64_t) override {
    if (iteration == stop_in_test_at) stop = true;
    if (request_in_test) snapshot_request = true;
  }
  void OnTrain(const TrainReport& report) override {
    Add("train", report.position);
    EXPECT_LT(iteration, report.position.iteration) << "OnStep came first";
    EXPECT_GT(report.images_per_second, 0);
    loss_scale = report.loss_scale;
    skipped_steps.push_back(report.skipped_steps);
  }
  void OnTest(const TestReport& report) override {
    Add("test", report.position);
    if (iteration == stop_after_test_at) stop = true;
    EXPECT_EQ(report.result.samples, 23);
    EXPECT_TRUE(report.result.mean.accuracy.has_value());
    shown_tests += !report.is_in_epoch_report;
  }
  void OnEpoch(const EpochReport& report) override {
    Add(report.test ? "epoch+test" : "epoch", report.position);
    shown_tests += report.test.has_value();
  }
  void OnNotice(const std::string& line) override { notices.push_back(line); }
  absl::Status status() const override {
    return steps > 3 ? write_error : absl::OkStatus();
  }
  void OnEnd(const EndReport& report) override {
    Add(report.test ? "end+test" : "end", report.position);
    EXPECT_EQ(report.num_parameters, 16 * 3 + 3);
  }

  std::vector<std::string> events;
  std::vector<std::string> notices;
  absl::Status write_error;  // from step 4 on
  int steps = 0;
  int shown_tests = 0;               // of the first net
  std::optional<double> loss_scale;  // of the last report
  std::vector<int64_t> skipped_steps;
  int64_t stop_after = -1, request_after = -1;
  int64_t iteration = 0, stop_in_test_at = -1, stop_after_test_at = -1;
  bool request_in_test = false;
  std::atomic<bool> stop{false}, snapshot_request{false};

 private:
  void Add(const std::string& what, const TrainingPosition& position) {
    events.push_back(
        absl::StrCat(what, " ", position.epoch, ":", position.iteration));
  }
};

class TrainingRunTest : public testing::TestWithParam<AvailableDevice> {
 protected:
  TrainingRunTest()
      : batches_(MakeData()),
        folder_(absl::StrCat(
            testing::TempDir(), "/",
            testing::UnitTest::GetInstance()->current_test_info()->name())) {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }

  static MadeUpOptions MakeData() {
    MadeUpOptions options;
    options.num_train = 25;
    return options;
  }

  absl::StatusOr<bool> Run(const std::string& text) {
    MakeSolver(text);
    run_options_.tests_done = 0;
    return TrainingRun(solver_.get(), run_options_).Run();
  }

  // Goes on from the latest snapshot.
  absl::StatusOr<bool> Resume(const std::string& text) {
    MakeSolver(text);
    ASSIGN_OR_RETURN(const std::optional<LoadedSnapshot> loaded,
                     ReadLatestSnapshot(Prefix()));
    CHECK(loaded.has_value());
    RETURN_IF_ERROR(solver_->Restore(loaded->snapshot));
    run_options_.tests_done = loaded->snapshot.tests_done();
    return TrainingRun(solver_.get(), run_options_).Run();
  }

  void MakeSolver(const std::string& text) {
    SolverParameter parameter;
    CHECK(google::protobuf::TextFormat::ParseFromString(
        absl::StrCat("net_param { ", kNet, more_of_net_,
                     " } base_lr: 0.1 lr_policy: 'fixed' ", text),
        &parameter));
    SolverOptions options;
    options.backend = backend_;
    options.batch_sources = &batches_;
    solver_ = *Solver::Create(parameter, options);
    recorder_.iteration = 0;
    run_options_.snapshot_after_train = parameter.snapshot_after_train();
    run_options_.average_loss = parameter.average_loss();
    run_options_.stop = &recorder_.stop;
    run_options_.snapshot_request = &recorder_.snapshot_request;
    run_options_.observers = {&recorder_};
  }

  std::string Prefix() const { return folder_ + "/run"; }

  const Backend backend_ = GetParam().make_backend(/*num_threads=*/1);
  MadeUpBatches batches_;
  const std::string folder_;
  std::string more_of_net_;
  Recorder recorder_;
  TrainingRunOptions run_options_;
  std::unique_ptr<Solver> solver_;
};
INSTANTIATE_TEST_SUITE_P(Devices, TrainingRunTest,
                         testing::ValuesIn(AvailableDevices()), DeviceName());

TEST_P(TrainingRunTest, EpochsOfTrainingAndTests) {
  ASSERT_OK(
      Run("max_epoch: 3 test_interval_epochs: 2 "
          "test_initialization: false"));
  EXPECT_THAT(recorder_.events,
              ElementsAre("train 1:3", "epoch 1:3", "train 2:5", "test 2:5",
                          "epoch+test 2:5", "train 3:8", "test 3:8",
                          "epoch+test 3:8", "end+test 3:8"));
  EXPECT_EQ(recorder_.shown_tests, 2);
  EXPECT_EQ(recorder_.steps, 8);
  EXPECT_THAT(recorder_.notices, IsEmpty());
}

TEST_P(TrainingRunTest, IterationsAsInCaffe) {
  ASSERT_OK(Run("max_iter: 4 test_interval: 2 display: 2 average_loss: 2"));
  EXPECT_THAT(
      recorder_.events,
      ElementsAre("test 0:0", "train 1:2", "test 1:2", "epoch 1:3", "train 2:4",
                  "test 2:4", "epoch+test 2:4", "end+test 2:4"));
  EXPECT_EQ(recorder_.shown_tests, 3);
}

TEST_P(TrainingRunTest, NoTests) {
  ASSERT_OK(Run("max_iter: 3"));
  EXPECT_THAT(recorder_.events,
              ElementsAre("train 1:3", "epoch 1:3", "end 1:3"));
}

// Of a weight that is within the range of floats, but not times 65536.
TEST_P(TrainingRunTest, SaysWhichStepsMadeNoUpdate) {
  more_of_net_ =
      "compute: FP16 "
      "layer { name: 'huge' type: 'SoftmaxWithLoss' bottom: 'fc' "
      "  bottom: 'label' top: 'huge' loss_weight: 1.5e34 }";
  ASSERT_OK(Run("max_iter: 6 display: 3 clip_gradients: 1"));
  EXPECT_THAT(recorder_.notices,
              ElementsAre("iteration 1: gradients are not finite, no update is "
                          "made; the loss scale is now 32768",
                          "iteration 2: gradients are not finite, no update is "
                          "made; the loss scale is now 16384"));
  EXPECT_THAT(recorder_.skipped_steps, ElementsAre(2, 0));
  EXPECT_EQ(recorder_.loss_scale, 16384);
}

TEST_P(TrainingRunTest, SnapshotsAtTheirTimesAndAtTheEnd) {
  run_options_.snapshot_prefix = Prefix();
  ASSERT_OK(Run("max_iter: 5 snapshot: 2"));
  EXPECT_THAT(ListSnapshots(Prefix()),
              ElementsAre(SnapshotPath(Prefix(), 5), SnapshotPath(Prefix(), 4),
                          SnapshotPath(Prefix(), 2)));
  EXPECT_THAT(recorder_.notices,
              ElementsAre("snapshot " + SnapshotPath(Prefix(), 2),
                          "snapshot " + SnapshotPath(Prefix(), 4),
                          "snapshot " + SnapshotPath(Prefix(), 5)));
}

TEST_P(TrainingRunTest, NoSnapshotAfterTrainWhenNotWanted) {
  run_options_.snapshot_prefix = Prefix();
  ASSERT_OK(Run("max_iter: 3 snapshot: 2 snapshot_after_train: false"));
  EXPECT_THAT(ListSnapshots(Prefix()), ElementsAre(SnapshotPath(Prefix(), 2)));
}

TEST_P(TrainingRunTest, StopsAfterTheStepWithASnapshot) {
  run_options_.snapshot_prefix = Prefix();
  recorder_.stop_after = 4;
  ASSERT_OK_AND_ASSIGN(
      const bool is_done,
      Run("max_epoch: 3 test_interval: 4 test_initialization: false"));
  EXPECT_FALSE(is_done);
  EXPECT_EQ(solver_->iteration(), 4);
  EXPECT_THAT(ListSnapshots(Prefix()), ElementsAre(SnapshotPath(Prefix(), 4)));
  EXPECT_THAT(recorder_.events, ElementsAre("train 1:3", "epoch 1:3"));
  EXPECT_THAT(recorder_.notices.back(),
              HasSubstr("stopped after iteration 4 of 8"));
}

TEST_P(TrainingRunTest, StopsWithinATest) {
  run_options_.snapshot_prefix = Prefix();
  recorder_.stop_in_test_at = 3;
  ASSERT_OK(
      Run("max_epoch: 3 test_interval_epochs: 1 "
          "test_initialization: false"));
  EXPECT_EQ(solver_->iteration(), 3);
  EXPECT_THAT(ListSnapshots(Prefix()), ElementsAre(SnapshotPath(Prefix(), 3)));
  EXPECT_THAT(recorder_.events, ElementsAre("train 1:3", "epoch 1:3"));
  EXPECT_THAT(recorder_.notices.back(),
              EndsWith("after iteration 3 of 8, before its test was done"));
}

// Whenever a stop comes, each test that is due happens once in the end.
TEST_P(TrainingRunTest, NoTestIsLostByAStop) {
  run_options_.snapshot_prefix = Prefix();
  const std::string text = absl::StrCat(
      "max_epoch: 3 test_interval_epochs: 1 test_initialization: false "
      "snapshot: 1 test_net_param { ",
      kNet, " } test_net_param { ", kNet, " }");
  using When = int64_t Recorder::*;
  const std::pair<When, int64_t> stops[] = {
      {&Recorder::stop_after, 2},         {&Recorder::stop_after, 3},
      {&Recorder::stop_after, 8},         {&Recorder::stop_in_test_at, 5},
      {&Recorder::stop_in_test_at, 8},    {&Recorder::stop_after_test_at, 5},
      {&Recorder::stop_after_test_at, 8},
  };
  for (const auto& [when, iteration] : stops) {
    recorder_.events.clear();
    recorder_.*when = iteration;
    ASSERT_OK_AND_ASSIGN(bool is_done, Run(text));
    EXPECT_FALSE(is_done);
    EXPECT_EQ(solver_->iteration(), iteration);
    recorder_.*when = -1;
    recorder_.stop = false;
    ASSERT_OK_AND_ASSIGN(is_done, Resume(text));
    EXPECT_TRUE(is_done);
    std::vector<std::string> tests;
    for (const std::string& event : recorder_.events) {
      if (absl::StartsWith(event, "test")) tests.push_back(event);
    }
    EXPECT_THAT(tests, ElementsAre("test 1:3", "test 1:3", "test 2:5",
                                   "test 2:5", "test 3:8", "test 3:8"))
        << iteration;
    // What is done stays done.
    recorder_.events.clear();
    ASSERT_OK(Resume(text));
    EXPECT_THAT(recorder_.events, ElementsAre("end 3:8"));
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
}

TEST_P(TrainingRunTest, ATestThatFailedIsMadeUpFor) {
  run_options_.snapshot_prefix = Prefix();
  const char text[] = "max_iter: 3 test_interval: 2 test_initialization: false";
  batches_.source(TEST).Break(absl::DataLossError("b.jpg: cut short"));
  EXPECT_FALSE(Run(text).ok());
  batches_.source(TEST).Break(absl::OkStatus());
  ASSERT_OK(Resume(text));
  EXPECT_THAT(recorder_.events, ElementsAre("test 1:2", "train 1:3", "test 1:3",
                                            "epoch+test 1:3", "end+test 1:3"));
}

TEST_P(TrainingRunTest, TakesARequestedSnapshotAndGoesOn) {
  run_options_.snapshot_prefix = Prefix();
  recorder_.request_after = 2;
  recorder_.request_in_test = true;
  ASSERT_OK(
      Run("max_iter: 5 test_interval: 4 test_initialization: false "
          "snapshot_after_train: false"));
  EXPECT_THAT(ListSnapshots(Prefix()),
              ElementsAre(SnapshotPath(Prefix(), 5), SnapshotPath(Prefix(), 4),
                          SnapshotPath(Prefix(), 2)));
  EXPECT_EQ(solver_->iteration(), 5);
  EXPECT_FALSE(recorder_.snapshot_request);
}

TEST_P(TrainingRunTest, ASnapshotThatFailsOnTheWayIsAWarning) {
  run_options_.snapshot_prefix = folder_ + "/no/such/folder/run";
  EXPECT_FALSE(Run("max_iter: 3 snapshot: 1").ok());
  // It went on to the end, where the last snapshot is an error.
  EXPECT_EQ(solver_->iteration(), 3);
  EXPECT_THAT(recorder_.notices,
              testing::Each(testing::StartsWith("warning: ")));
}

// Iteration 3, the fourth, draws the samples 30 to 39.
TEST_P(TrainingRunTest, DataThatCannotBeReadLeavesASnapshot) {
  run_options_.snapshot_prefix = Prefix();
  const absl::Status broken = absl::DataLossError("a.jpg: cut short");
  batches_.source(TRAIN).BreakAt(34, broken);
  EXPECT_EQ(Run("max_iter: 5").status(), broken);
  EXPECT_THAT(ListSnapshots(Prefix()), ElementsAre(SnapshotPath(Prefix(), 3)));
  EXPECT_THAT(recorder_.notices,
              ElementsAre("snapshot " + SnapshotPath(Prefix(), 3)));
}

TEST_P(TrainingRunTest, ATestThatFailsLeavesASnapshot) {
  run_options_.snapshot_prefix = Prefix();
  const absl::Status broken = absl::DataLossError("b.jpg: cut short");
  batches_.source(TEST).Break(broken);
  EXPECT_EQ(
      Run("max_iter: 5 test_interval: 3 test_initialization: false").status(),
      broken);
  EXPECT_THAT(ListSnapshots(Prefix()), ElementsAre(SnapshotPath(Prefix(), 3)));
  // What the epoch has learned is reported all the same.
  EXPECT_THAT(recorder_.events, ElementsAre("train 1:3", "epoch 1:3"));
}

TEST_P(TrainingRunTest, ResultsThatNobodyReadsEndIt) {
  run_options_.snapshot_prefix = Prefix();
  recorder_.write_error = absl::CancelledError("a pipe: closed");
  EXPECT_EQ(Run("max_iter: 6").status(), recorder_.write_error);
  EXPECT_THAT(ListSnapshots(Prefix()), ElementsAre(SnapshotPath(Prefix(), 4)));
}

TEST_P(TrainingRunTest, ResultsThatCannotBeWrittenAreOneWarning) {
  recorder_.write_error = absl::UnavailableError("a disk: full");
  ASSERT_OK(Run("max_iter: 6"));
  EXPECT_EQ(solver_->iteration(), 6);
  EXPECT_THAT(recorder_.notices,
              ElementsAre("warning: a disk: full; the training goes on"));
}

TEST_P(TrainingRunTest, AnErrorBeforeTheFirstStepLeavesNothing) {
  run_options_.snapshot_prefix = Prefix();
  batches_.source(TRAIN).BreakAt(3, absl::DataLossError("a.jpg: cut short"));
  EXPECT_FALSE(Run("max_iter: 5").ok());
  EXPECT_THAT(ListSnapshots(Prefix()), IsEmpty());
  EXPECT_THAT(recorder_.notices, IsEmpty());
}

TEST_P(TrainingRunTest, ALossThatIsNotFiniteLeavesTheFiniteState) {
  run_options_.snapshot_prefix = Prefix();
  batches_.source(TRAIN).PoisonAt(34);
  EXPECT_THAT(Run("max_iter: 5"),
              StatusIs(absl::StatusCode::kAborted, HasSubstr("the loss is")));
  EXPECT_THAT(ListSnapshots(Prefix()), ElementsAre(SnapshotPath(Prefix(), 3)));
}

TEST_P(TrainingRunTest, AStateThatIsNotFiniteIsNotSaved) {
  run_options_.snapshot_prefix = Prefix();
  EXPECT_THAT(Run("max_iter: 50 weight_decay: 1e38"),
              StatusIs(absl::StatusCode::kAborted, HasSubstr("the loss is")));
  EXPECT_THAT(ListSnapshots(Prefix()), IsEmpty());
  EXPECT_LT(solver_->iteration(), 50);
  EXPECT_THAT(recorder_.notices,
              ElementsAre(testing::ContainsRegex(
                  "warning: no snapshot of iteration [0-9]+: .*element [0-9]+ "
                  "of the .*\"fc/weight\" is not finite")));
}

TEST_P(TrainingRunTest, WithoutAPrefixItSaysThatNothingIsSaved) {
  batches_.source(TRAIN).BreakAt(34, absl::DataLossError("a.jpg: cut short"));
  EXPECT_FALSE(Run("max_iter: 5").ok());
  EXPECT_THAT(recorder_.notices,
              ElementsAre("no snapshot: snapshot_prefix is empty"));
}

}  // namespace
}  // namespace tamp
