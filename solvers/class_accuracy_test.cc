#include "solvers/class_accuracy.h"

#include <memory>

#include "core/check.h"
#include "core/cpu/cpu_device.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "net/planned_net.h"
#include "solvers/evaluation.h"
#include "tests/util/made_up_batches.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

// The counts of the classes add up to what the Accuracy layer says, over
// batches that do not divide the set.
TEST(ClassAccuracyTest, AddsUpToTheAccuracy) {
  NetParameter net;
  CHECK(google::protobuf::TextFormat::ParseFromString(
      "layer { name: 'data' type: 'Data' top: 'data' top: 'label' "
      "  data_param { batch_size: 5 } } "
      "layer { name: 'fc' type: 'InnerProduct' bottom: 'data' top: 'fc' "
      "  inner_product_param { num_output: 3 "
      "    weight_filler { type: 'xavier' } } } "
      "layer { name: 'accuracy' type: 'Accuracy' bottom: 'fc' "
      "  bottom: 'label' top: 'accuracy' } ",
      &net));
  CpuDevice device(1);
  MadeUpBatches batches;
  NetOptions options;
  options.device = &device;
  options.batch_sources = &batches;
  ASSERT_OK_AND_ASSIGN(const auto evaluation, Evaluation::Create(net, options));
  ClassAccuracy classes(3, &device);
  ASSERT_OK_AND_ASSIGN(const LossAndAccuracy mean,
                       evaluation->Run(nullptr, &classes));
  int64_t correct = 0, samples = 0;
  for (const ClassCount& count : classes.counts()) {
    // 23 samples take turns in three classes.
    EXPECT_GE(count.num_samples, 7);
    EXPECT_LE(count.num_samples, 8);
    correct += count.num_correct;
    samples += count.num_samples;
  }
  EXPECT_EQ(samples, 23);
  EXPECT_NEAR(*mean.accuracy, correct / 23.0, 1e-6);
  EXPECT_GT(correct, 0);
  EXPECT_LT(correct, 23);
}

}  // namespace
}  // namespace tamp
