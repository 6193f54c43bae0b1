#include "solvers/training/train.h"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "core/check.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "net/backend.h"
#include "solvers/ranks.h"
#include "solvers/state/snapshot_series.h"
#include "tests/util/devices/available_devices.h"
#include "tests/util/made_up_batches.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

using absl::StatusCode;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

constexpr char kSolver[] =
    "net_param { name: 'small' "
    "  layer { name: 'data' type: 'Data' top: 'data' top: 'label' "
    "    data_param { batch_size: 10 } } "
    "  layer { name: 'fc' type: 'InnerProduct' bottom: 'data' top: 'fc' "
    "    inner_product_param { num_output: 3 "
    "      weight_filler { type: 'xavier' } } } "
    "  layer { name: 'drop' type: 'Dropout' bottom: 'fc' top: 'drop' } "
    "  layer { name: 'loss' type: 'SoftmaxWithLoss' bottom: 'drop' "
    "    bottom: 'label' top: 'loss' } } "
    "base_lr: 0.1 lr_policy: 'fixed' momentum: 0.9 ";

std::string Contents(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

// What one rank tells the others.
class Listener : public OneRank {
 public:
  absl::Status Agree(const absl::Status& own,
                     absl::Span<float> /*gradients*/) override {
    if (!own.ok()) errors_.push_back(own);
    return own;
  }
  const std::vector<absl::Status>& errors() const { return errors_; }

 private:
  std::vector<absl::Status> errors_;
};

class TrainTest : public testing::TestWithParam<AvailableDevice> {
 protected:
  TrainTest()
      : folder_(absl::StrCat(
            testing::TempDir(), "/",
            testing::UnitTest::GetInstance()->current_test_info()->name())),
        results_(std::tmpfile()),
        moments_(std::tmpfile()) {
    std::filesystem::remove_all(folder_);
    options_.solver.backend = backend_;
    options_.solver.batch_sources = &batches_;
    options_.results = results_;
    options_.moments = moments_;
  }
  ~TrainTest() override {
    std::fclose(results_);
    std::fclose(moments_);
  }

  SolverParameter Parameter(const std::string& name, int iterations) const {
    SolverParameter parameter;
    CHECK(google::protobuf::TextFormat::ParseFromString(
        absl::StrCat(kSolver, "max_iter: ", iterations), &parameter));
    parameter.set_snapshot_prefix(Prefix(name));
    return parameter;
  }
  absl::StatusOr<bool> Run(const std::string& name, int iterations) {
    return Train(Parameter(name, iterations), options_);
  }

  std::string Prefix(const std::string& name) const {
    return absl::StrCat(folder_, "/", name);
  }
  // The snapshot at an iteration.
  std::string Snapshot(const std::string& name, int iteration) const {
    return Contents(SnapshotPath(Prefix(name), iteration));
  }

  std::string Moments() {
    std::rewind(moments_);
    std::string text;
    for (int c; (c = std::fgetc(moments_)) != EOF;)
      text += static_cast<char>(c);
    return text;
  }

  const Backend backend_ = GetParam().make_backend(/*num_threads=*/1);
  MadeUpBatches batches_;
  const std::string folder_;
  std::FILE* const results_;
  std::FILE* const moments_;
  TrainOptions options_;
};
INSTANTIATE_TEST_SUITE_P(Devices, TrainTest,
                         testing::ValuesIn(AvailableDevices()), DeviceName());

TEST_P(TrainTest, ResumesTheLatestOrStarts) {
  ASSERT_OK(Run("whole", 10));
  options_.resume = true;
  ASSERT_OK(Run("parts", 4));
  EXPECT_FALSE(std::filesystem::exists(SnapshotPath(Prefix("parts"), 10)));
  ASSERT_OK(Run("parts", 10));
  EXPECT_THAT(Moments(),
              HasSubstr("going on from " + SnapshotPath(Prefix("parts"), 4)));
  EXPECT_FALSE(Snapshot("whole", 10).empty());
  EXPECT_TRUE(Snapshot("parts", 10) == Snapshot("whole", 10));
}

TEST_P(TrainTest, SaysThatThereIsNothingToResume) {
  options_.resume = true;
  ASSERT_OK(Run("new", 4));
  EXPECT_THAT(Moments(), HasSubstr("no snapshot " + Prefix("new") +
                                   "_iter_*.snapshot to resume: starting "
                                   "anew\n"));
}

// Iteration 3 draws the samples 30 to 39.
TEST_P(TrainTest, AnErrorSaysHowToGoOn) {
  ASSERT_OK(Run("whole", 10));
  batches_.source(TRAIN).BreakAt(34, absl::DataLossError("a.jpg: cut short"));
  EXPECT_FALSE(Run("parts", 10).ok());
  EXPECT_THAT(
      Moments(),
      EndsWith("snapshot " + SnapshotPath(Prefix("parts"), 3) +
               "\nthe same command with --resume goes on from there\n"));
  batches_.source(TRAIN).BreakAt(-1, absl::OkStatus());
  batches_.source(TRAIN).Break(absl::OkStatus());
  options_.resume = true;
  ASSERT_OK(Run("parts", 10));
  EXPECT_TRUE(Snapshot("parts", 10) == Snapshot("whole", 10));
}

// --resume would take the snapshot of an earlier training.
TEST_P(TrainTest, AnOlderTrainingsSnapshotsDoNotMislead) {
  ASSERT_OK(Run("same", 10));
  batches_.source(TRAIN).BreakAt(34, absl::DataLossError("a.jpg: cut short"));
  EXPECT_FALSE(Run("same", 10).ok());
  EXPECT_THAT(Moments(), EndsWith("the same command with --snapshot=" +
                                  SnapshotPath(Prefix("same"), 3) +
                                  " goes on from there\n"));
}

TEST_P(TrainTest, GoesOnFromASnapshot) {
  ASSERT_OK(Run("whole", 10));
  ASSERT_OK(Run("first", 4));
  options_.snapshot = SnapshotPath(Prefix("first"), 4);
  ASSERT_OK(Run("second", 10));
  EXPECT_TRUE(Snapshot("second", 10) == Snapshot("whole", 10));
}

TEST_P(TrainTest, StartsFromWeights) {
  ASSERT_OK(Run("first", 4));
  options_.weights = {SnapshotPath(Prefix("first"), 4)};
  ASSERT_OK(Run("second", 1));
  EXPECT_THAT(Moments(), HasSubstr("fc: loaded\n"));
  // Weights alone: the history and the data start anew.
  EXPECT_FALSE(Snapshot("second", 1).empty());
  EXPECT_FALSE(Snapshot("second", 1) == Snapshot("first", 4));
}

TEST_P(TrainTest, WarnsWhenNothingWillBeLearned) {
  SolverParameter parameter;
  CHECK(google::protobuf::TextFormat::ParseFromString(
      absl::StrCat(kSolver, "max_iter: 1"), &parameter));
  parameter.set_base_lr(0);
  ASSERT_OK(Train(parameter, options_));
  EXPECT_THAT(Moments(),
              HasSubstr("warning: the learning rate is 0 in all iterations "
                        "(base_lr 0, lr_policy \"fixed\"): nothing will be "
                        "learned\n"));
}

TEST_P(TrainTest, MetricsGoOnWithATraining) {
  options_.metrics = folder_ + "/m.jsonl";
  options_.resume = true;
  ASSERT_OK(Run("parts", 4));
  ASSERT_OK(Run("parts", 10));
  const std::string lines = Contents(options_.metrics);
  EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), 3);
  EXPECT_THAT(lines, StartsWith("{\"type\":\"train\",\"iteration\":4,"));
}

TEST_P(TrainTest, StopsBeforeTheFirstStep) {
  const std::atomic<bool> stop{true};
  options_.stop = &stop;
  ASSERT_OK_AND_ASSIGN(const bool is_done, Run("stopped", 4));
  EXPECT_FALSE(is_done);
  EXPECT_TRUE(ListSnapshots(Prefix("stopped")).empty());
}

// A second head without a loss; and the loss has no top, as in Caffe's files.
TEST_P(TrainTest, WarnsOfWhatGetsNoGradient) {
  SolverParameter parameter;
  CHECK(google::protobuf::TextFormat::ParseFromString(
      absl::StrCat(kSolver, "max_iter: 2"), &parameter));
  NetParameter* const net = parameter.mutable_net_param();
  net->mutable_layer(3)->clear_top();
  LayerParameter* const head = net->add_layer();
  *head = net->layer(1);
  head->set_name("head");
  head->set_top(0, "head");
  ASSERT_OK_AND_ASSIGN(const bool is_done, Train(parameter, options_));
  EXPECT_TRUE(is_done);
  EXPECT_THAT(Moments(),
              StartsWith("warning: layer \"head\": its parameters get no "
                         "gradient: no loss depends on it; "));
}

TEST_P(TrainTest, ErrorsOfStarting) {
  options_.snapshot = "/no/such/file";
  EXPECT_THAT(Run("a", 4),
              StatusIs(StatusCode::kNotFound, HasSubstr("/no/such/file")));
  options_.resume = true;
  EXPECT_THAT(Run("a", 4), StatusIs(StatusCode::kInvalidArgument,
                                    HasSubstr("exclude each other")));
  options_.snapshot.clear();
  std::ofstream(SnapshotPath(Prefix("a"), 3)) << "no snapshot";
  EXPECT_THAT(Run("a", 4), StatusIs(StatusCode::kDataLoss,
                                    HasSubstr("delete them to start anew")));
}

// Other ranks wait for this one, however far it has come.
TEST_P(TrainTest, EveryErrorIsToldOnce) {
  const std::string no_folder = folder_ + "/none/m.jsonl";
  for (const char* where : {"snapshot", "data", "metrics", "step"}) {
    SCOPED_TRACE(where);
    Listener ranks;
    MadeUpBatches batches;
    TrainOptions options = options_;
    options.solver.ranks = &ranks;
    options.solver.batch_sources = &batches;
    SolverParameter parameter = Parameter("told", 4);
    const std::string place = where;
    if (place == "snapshot") options.snapshot = "/no/such/file";
    if (place == "metrics") options.metrics = no_folder;
    if (place == "data") {
      parameter.mutable_net_param()
          ->mutable_layer(0)
          ->mutable_data_param()
          ->clear_batch_size();
    }
    if (place == "step") {
      batches.source(TRAIN).BreakAt(14, absl::DataLossError("cut short"));
    }
    const absl::StatusOr<bool> is_done = Train(parameter, options);
    EXPECT_FALSE(is_done.ok());
    EXPECT_THAT(ranks.errors(), testing::ElementsAre(is_done.status()));
  }
}

}  // namespace
}  // namespace tamp
