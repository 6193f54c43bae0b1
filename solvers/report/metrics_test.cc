#include "solvers/report/metrics.h"

#include <cmath>
#include <fstream>
#include <sstream>
#include <string>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

using testing::HasSubstr;

std::string Contents(const std::string& path) {
  std::ifstream in(path);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

TrainReport MakeTrainReport() {
  TrainReport report;
  report.position.iteration = 782;
  report.position.epoch = 1;
  report.mean = {1.5, 0.25};
  report.lr = 0.1;
  report.images_per_second = 140.5;
  return report;
}

constexpr char kTrainLine[] =
    R"({"type":"train","iteration":782,"epoch":1,"loss":1.5,"accuracy":0.25,)"
    R"("lr":0.1,"images_per_second":140.5})"
    "\n";

TEST(MetricsTest, OneRecordALine) {
  const std::string path = testing::TempDir() + "/metrics.jsonl";
  ASSERT_OK_AND_ASSIGN(const auto metrics, MetricsFile::Open(path, false));
  metrics->OnTrain(MakeTrainReport());
  // Readable at once, without closing.
  EXPECT_EQ(Contents(path), kTrainLine);
  TestReport test;
  test.position.iteration = 782;
  test.position.epoch = 1;
  test.result = {10000, {2.5, 0.5}, {}};
  metrics->OnTest(test);
  EXPECT_EQ(Contents(path),
            std::string(kTrainLine) +
                R"({"type":"test","iteration":782,"epoch":1,"loss":2.5,)"
                R"("accuracy":0.5,"samples":10000})"
                "\n");
  EXPECT_OK(metrics->status());
}

TEST(MetricsTest, TheScaleOfTheLossStandsLast) {
  const std::string path = testing::TempDir() + "/loss_scale.jsonl";
  ASSERT_OK_AND_ASSIGN(const auto metrics, MetricsFile::Open(path, false));
  TrainReport report = MakeTrainReport();
  report.loss_scale = 16777216;
  report.skipped_steps = 2;
  metrics->OnTrain(report);
  const std::string line = kTrainLine;
  EXPECT_EQ(Contents(path),
            line.substr(0, line.size() - 2) +
                ",\"loss_scale\":16777216,\"skipped_steps\":2}\n");
}

TEST(MetricsTest, NoAccuracyIsNullAndSeveralNetsAreNumbered) {
  const std::string path = testing::TempDir() + "/several.jsonl";
  ASSERT_OK_AND_ASSIGN(const auto metrics, MetricsFile::Open(path, false));
  TestReport test;
  test.num_test_nets = 2;
  test.test_net = 1;
  test.result.samples = 3;
  metrics->OnTest(test);
  EXPECT_EQ(Contents(path),
            R"({"type":"test","iteration":0,"epoch":0,"loss":null,)"
            R"("accuracy":null,"samples":3,"net":1})"
            "\n");
}

TEST(MetricsTest, OtherScoresHaveNames) {
  const std::string path = testing::TempDir() + "/outputs.jsonl";
  ASSERT_OK_AND_ASSIGN(const auto metrics, MetricsFile::Open(path, false));
  TestReport test;
  // A mean over NaN is not finite; of the last class there is nothing.
  test.result = {
      8, {NAN, 0.5}, {{"top5", {{3, 4}}}, {"per_class", {{1, 2}, {6, 6}, {}}}}};
  metrics->OnTest(test);
  EXPECT_EQ(Contents(path),
            R"({"type":"test","iteration":0,"epoch":0,"loss":null,)"
            R"("accuracy":0.5,"samples":8,)"
            R"("outputs":{"top5":0.75,"per_class":[0.5,1.0,null]}})"
            "\n");
}

TEST(MetricsTest, AppendsOrStartsAnew) {
  const std::string path = testing::TempDir() + "/append.jsonl";
  for (const bool append : {false, true, true, false, true}) {
    ASSERT_OK_AND_ASSIGN(const auto metrics, MetricsFile::Open(path, append));
    metrics->OnTrain(MakeTrainReport());
  }
  EXPECT_EQ(Contents(path), std::string(kTrainLine) + kTrainLine);
}

TEST(MetricsTest, ErrorsNameTheFile) {
  EXPECT_THAT(MetricsFile::Open("/no/such/folder/m.jsonl", false),
              StatusIs(absl::StatusCode::kUnavailable,
                       HasSubstr("/no/such/folder/m.jsonl")));
  ASSERT_OK_AND_ASSIGN(const auto full, MetricsFile::Open("/dev/full", true));
  full->OnTrain(MakeTrainReport());
  EXPECT_THAT(full->status(),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("/dev/full")));
}

}  // namespace
}  // namespace tamp
