#include "solvers/report/progress_text.h"

#include <algorithm>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace tamp {
namespace {

using testing::EndsWith;
using testing::StartsWith;

TrainingPosition At(int64_t epoch_iteration) {
  TrainingPosition position;
  position.iteration = 1563 + epoch_iteration;
  position.total_iterations = 101563;
  position.epoch = 3;
  position.total_epochs = 130;
  position.epoch_iteration = epoch_iteration;
  position.epoch_iterations = 782;
  return position;
}

StepReport MakeStep(int64_t epoch_iteration) {
  StepReport report;
  report.position = At(epoch_iteration);
  report.epoch_mean = {0.93, 0.6678};
  report.images_per_second = 128;
  report.iterations_per_second = 2;
  report.lr = 0.01;
  return report;
}

TEST(EpochLineTest, WithAndWithoutItsParts) {
  EpochReport report;
  report.position = At(782);
  report.train = {0.93, 0.66776};
  report.seconds = 18.336;
  report.test = TestResult{10000, {1.2027, 0.62914}, {}};
  EXPECT_EQ(EpochLine(report),
            "Epoch: 3/130 Train Loss: 0.9300 Accuracy: 0.6678 Time: 18.34 | "
            "Val Loss: 1.2027 Accuracy: 0.6291");
  report.test->others = {{"top5", {{9, 10}}}};
  EXPECT_EQ(EpochLine(report),
            "Epoch: 3/130 Train Loss: 0.9300 Accuracy: 0.6678 Time: 18.34 | "
            "Val Loss: 1.2027 Accuracy: 0.6291 top5: 0.9000");
  report.test->others.clear();
  report.test->mean.accuracy.reset();
  report.train.accuracy.reset();
  EXPECT_EQ(EpochLine(report),
            "Epoch: 3/130 Train Loss: 0.9300 Time: 18.34 | Val Loss: 1.2027");
  report.test.reset();
  EXPECT_EQ(EpochLine(report), "Epoch: 3/130 Train Loss: 0.9300 Time: 18.34");
}

TEST(TestLineTest, AllNumbersOfATest) {
  TestReport report;
  report.position = At(500);
  report.result = {600, {1.2345, 0.5123}, {}};
  EXPECT_EQ(TestLine(report),
            "Test: iteration 2063 (epoch 3) Samples: 600 Loss: 1.2345 "
            "Accuracy: 0.5123");
  report.result.others = {{"top5", {{9012, 10000}}},
                          {"per_class", {{1, 4}, {3, 3}, {}}}};
  EXPECT_EQ(TestLine(report),
            "Test: iteration 2063 (epoch 3) Samples: 600 Loss: 1.2345 "
            "Accuracy: 0.5123 top5: 0.9012 per_class: [0.2500 1.0000 none]");
}

TEST(TestLineTest, NamesTheNetWhereThereAreSeveral) {
  TestReport report;
  report.num_test_nets = 2;
  report.test_net = 1;
  EXPECT_EQ(TestLine(report),
            "Test: net 1 iteration 0 (epoch 0) Samples: 0 Loss: none");
  report.net_name = "flipped";
  EXPECT_THAT(TestLine(report),
              StartsWith("Test: net 1 (flipped) iteration 0 (epoch 0) "));
}

TEST(EndLineTest, WithAndWithoutItsParts) {
  EndReport report;
  report.num_parameters = 1261018;
  EXPECT_EQ(EndLine(report), "#Parameter: 1261018");
  report.test = LossAndAccuracy{0.25, {}};
  EXPECT_EQ(EndLine(report), "#Parameter: 1261018 Loss: 0.2500");
  report.test->accuracy = 0.9304;
  EXPECT_EQ(EndLine(report), "#Parameter: 1261018 Accuracy: 0.9304");
}

TEST(BarLineTest, FillsUp) {
  const std::string half = BarLine(MakeStep(391), 120);
  EXPECT_THAT(half, StartsWith("Epoch 3/130 [====="));
  EXPECT_THAT(half, EndsWith("] 391/782 loss 0.9300 accuracy 0.6678 "
                             "128.0 images/s ETA 0:03:16"));
  EXPECT_EQ(std::count(half.begin(), half.end(), '='), 18);
  const std::string full = BarLine(MakeStep(782), 120);
  EXPECT_EQ(std::count(full.begin(), full.end(), '='), 37);
  EXPECT_THAT(full, testing::Not(testing::HasSubstr(">")));
}

TEST(BarLineTest, NeverWiderThanTheTerminal) {
  for (int width = 0; width < 200; ++width) {
    EXPECT_LE(BarLine(MakeStep(391), width).size(), width);
    EXPECT_LE(TestBarLine(1, 2, width).size(), width);
  }
}

TEST(BarLineTest, UnknownSpeed) {
  StepReport report = MakeStep(391);
  report.iterations_per_second = 0;
  EXPECT_THAT(BarLine(report, 120), EndsWith("ETA ?"));
}

TEST(PlainLineTest, IsOfTheWholeTraining) {
  EXPECT_EQ(PlainLine(MakeStep(437)),
            "epoch 3/130 iteration 2000/101563 loss 0.9300 accuracy 0.6678 "
            "lr 0.01 128.0 images/s ETA 13:49:42");
}

TEST(TrainLineTest, HasNoEta) {
  TrainReport report;
  report.position = At(437);
  report.mean = {0.93, 0.6678};
  report.images_per_second = 128;
  report.lr = 0.01;
  EXPECT_EQ(TrainLine(report),
            "epoch 3/130 iteration 2000/101563 loss 0.9300 accuracy 0.6678 "
            "lr 0.01 128.0 images/s");
}

}  // namespace
}  // namespace tamp
