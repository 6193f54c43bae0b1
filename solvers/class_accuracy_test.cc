#include "solvers/class_accuracy.h"

#include <cstdint>
#include <memory>
#include <vector>

#include "core/check.h"
#include "core/cpu/cpu_device.h"
#include "core/status_macros.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "net/planned_net.h"
#include "solvers/evaluation.h"
#include "tests/util/made_up_batches.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

// Counts of 23 samples that take turns in three classes, in batches that do not
// divide them; the first Accuracy layer has these options. The net scores a
// class more than there are.
struct Result {
  std::vector<ClassCount> counts;
  float accuracy = 0;
};

absl::StatusOr<Result> CountClasses(const char* accuracy_options) {
  NetParameter net;
  CHECK(google::protobuf::TextFormat::ParseFromString(
      "layer { name: 'data' type: 'Data' top: 'data' top: 'label' "
      "  data_param { batch_size: 5 } } "
      "layer { name: 'fc' type: 'InnerProduct' bottom: 'data' top: 'fc' "
      "  inner_product_param { num_output: 4 "
      "    weight_filler { type: 'xavier' } } } "
      "layer { name: 'accuracy' type: 'Accuracy' bottom: 'fc' "
      "  bottom: 'label' top: 'accuracy' } "
      "layer { name: 'again' type: 'Accuracy' bottom: 'fc' "
      "  bottom: 'label' top: 'again' } ",
      &net));
  CHECK(google::protobuf::TextFormat::ParseFromString(
      accuracy_options, net.mutable_layer(2)->mutable_accuracy_param()));
  CpuDevice device(1);
  MadeUpBatches batches;
  NetOptions options;
  options.device = &device;
  options.batch_sources = &batches;
  ASSIGN_OR_RETURN(const auto evaluation, Evaluation::Create(net, options));
  ClassAccuracy classes(3, &device);
  ASSIGN_OR_RETURN(const LossAndAccuracy mean,
                   evaluation->Run(nullptr, &classes));
  return Result{classes.counts(), static_cast<float>(*mean.accuracy)};
}

class ClassAccuracyTest : public testing::TestWithParam<const char*> {};

TEST_P(ClassAccuracyTest, AddsUpToTheAccuracy) {
  ASSERT_OK_AND_ASSIGN(const Result result, CountClasses(GetParam()));
  int64_t correct = 0, samples = 0;
  for (const ClassCount& count : result.counts) {
    EXPECT_GE(count.num_samples, 7);
    EXPECT_LE(count.num_samples, 8);
    correct += count.num_correct;
    samples += count.num_samples;
  }
  EXPECT_EQ(samples, 23);
  EXPECT_NEAR(result.accuracy, correct / 23.0, 1e-6);
  EXPECT_GT(correct, 0);
  EXPECT_LT(correct, 23);
}

INSTANTIATE_TEST_SUITE_P(Options, ClassAccuracyTest,
                         testing::Values("", "top_k: 2"));

TEST(ClassAccuracyIgnoringTest, AnIgnoredClassHasNoSamples) {
  ASSERT_OK_AND_ASSIGN(const Result result, CountClasses("ignore_label: 1"));
  EXPECT_EQ(result.counts[0].num_samples, 8);
  EXPECT_EQ(result.counts[1].num_samples, 0);
  EXPECT_EQ(result.counts[2].num_samples, 7);
}

}  // namespace
}  // namespace tamp
