#include "solvers/report/progress.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class ProgressTest : public testing::Test {
 protected:
  ProgressTest() : results_(std::tmpfile()), moments_(std::tmpfile()) {}
  ~ProgressTest() override {
    std::fclose(results_);
    std::fclose(moments_);
  }

  static std::string Contents(std::FILE* file) {
    std::rewind(file);
    std::string contents;
    for (int c; (c = std::fgetc(file)) != EOF;)
      contents += static_cast<char>(c);
    return contents;
  }

  std::FILE* const results_;
  std::FILE* const moments_;
};

TEST_F(ProgressTest, ResultsAreLines) {
  Progress progress(results_, moments_, false);
  progress.OnStep(StepReport());
  progress.OnEpoch(EpochReport());
  progress.OnEnd(EndReport());
  EXPECT_EQ(Contents(results_),
            "Epoch: 0/0 Train Loss: none Time: 0.00\n#Parameter: 0\n");
  // Ten seconds have not passed.
  EXPECT_EQ(Contents(moments_), "");
}

TEST_F(ProgressTest, BarIsErasedBeforeAResult) {
  Progress progress(results_, moments_, true);
  std::this_thread::sleep_for(std::chrono::milliseconds(120));
  progress.OnStep(StepReport());
  progress.OnStep(StepReport());  // too soon to be drawn
  progress.OnEpoch(EpochReport());
  const std::string drawn = Contents(moments_);
  EXPECT_THAT(drawn, StartsWith("\rEpoch 0/0 ["));
  EXPECT_THAT(drawn, testing::EndsWith("\033[K\r\033[K"));
  EXPECT_EQ(std::count(drawn.begin(), drawn.end(), '\r'), 2);
}

TEST_F(ProgressTest, BarIsErasedAtTheEnd) {
  {
    Progress progress(results_, moments_, true);
    std::this_thread::sleep_for(std::chrono::milliseconds(120));
    progress.OnTestBatch(1, 2);
  }
  const std::string drawn = Contents(moments_);
  EXPECT_THAT(drawn, HasSubstr("Testing ["));
  EXPECT_EQ(drawn.substr(drawn.size() - 4), "\r\033[K");
}

TEST_F(ProgressTest, NoticesAreLines) {
  Progress progress(results_, moments_, true);
  progress.OnNotice("snapshot a");
  EXPECT_EQ(Contents(moments_), "snapshot a\n");
}

TEST_F(ProgressTest, DisplayIntervalsAreLines) {
  for (const bool draws_bar : {false, true}) {
    std::FILE* const moments = std::tmpfile();
    Progress progress(results_, moments, draws_bar);
    // The line of the epoch says it.
    TrainReport report;
    report.is_of_epoch = true;
    progress.OnTrain(report);
    EXPECT_EQ(Contents(moments), "");
    report.is_of_epoch = false;
    progress.OnTrain(report);
    EXPECT_THAT(Contents(moments), StartsWith("epoch 0/0 iteration 0/0 loss"));
    std::fclose(moments);
  }
  EXPECT_EQ(Contents(results_), "");
}

TEST_F(ProgressTest, NoticesThatResultsDoNotArrive) {
  std::FILE* const full = std::fopen("/dev/full", "w");
  ASSERT_NE(full, nullptr);
  Progress progress(full, moments_, false);
  progress.OnNotice("of the moment");
  EXPECT_OK(progress.status());
  progress.OnEpoch(EpochReport());
  EXPECT_THAT(progress.status(),
              StatusIs(absl::StatusCode::kUnavailable,
                       "results cannot be written: No space left on device"));
  std::fclose(full);
}

TEST_F(ProgressTest, NoticesThatNobodyReads) {
  const auto old = std::signal(SIGPIPE, SIG_IGN);
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  close(ends[0]);
  std::FILE* const closed = fdopen(ends[1], "w");
  Progress progress(closed, moments_, false);
  progress.OnEpoch(EpochReport());
  EXPECT_THAT(progress.status(),
              StatusIs(absl::StatusCode::kCancelled,
                       "results cannot be written: Broken pipe"));
  std::fclose(closed);
  std::signal(SIGPIPE, old);
}

TEST_F(ProgressTest, DisplayIntervalsEraseTheBar) {
  Progress progress(results_, moments_, true);
  std::this_thread::sleep_for(std::chrono::milliseconds(120));
  progress.OnStep(StepReport());
  progress.OnTrain(TrainReport());
  EXPECT_THAT(Contents(moments_), HasSubstr("\033[K\r\033[Kepoch 0/0"));
}

// The line at the display interval stands for the bar, too.
TEST_F(ProgressTest, AnIterationIsSaidOnce) {
  Progress progress(results_, moments_, true);
  std::this_thread::sleep_for(std::chrono::milliseconds(120));
  progress.OnTrain(TrainReport());
  progress.OnStep(StepReport());
  EXPECT_THAT(Contents(moments_), testing::Not(HasSubstr("Epoch 0/0")));
}

// Whoever asked for it, and each once.
TEST_F(ProgressTest, EachTestIsALine) {
  for (const bool draws_bar : {false, true}) {
    std::FILE* const results = std::tmpfile();
    Progress progress(results, moments_, draws_bar);
    TestReport test;
    test.result.mean = {0.5, 0.75};
    progress.OnTest(test);
    EpochReport epoch;
    epoch.test = test.result;
    test.is_in_epoch_report = true;
    progress.OnTest(test);
    progress.OnEpoch(epoch);
    EXPECT_EQ(Contents(results),
              "Test: iteration 0 (epoch 0) Samples: 0 Loss: 0.5000 Accuracy: "
              "0.7500\n"
              "Epoch: 0/0 Train Loss: none Time: 0.00 | Val Loss: 0.5000 "
              "Accuracy: 0.7500\n");
    std::fclose(results);
  }
}

TEST_F(ProgressTest, FilesAreNoTerminals) {
  EXPECT_FALSE(CanDrawBar(moments_));
}

}  // namespace
}  // namespace tamp
