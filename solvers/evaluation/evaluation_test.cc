// Tests of nets over a data set, against plain loops over its samples.

#include "solvers/evaluation/evaluation.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/check.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "layers/tensor.h"
#include "layers/tensor_copy.h"
#include "net/backend.h"
#include "net/graph/parameter_store.h"
#include "proto/net.pb.h"
#include "proto/text_format.h"
#include "solvers/backend_cpu.h"
#include "tests/util/devices/available_devices.h"
#include "tests/util/devices/breaking_device.h"
#include "tests/util/made_up_batches.h"
#include "tests/util/read_batch.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr int kSamples = 23, kPixels = 16, kClasses = 4;
const int kBatchSizes[] = {kSamples, 10, 7, 5, 1};

// What a linear classifier makes of a sample.
struct Scored {
  int label;
  double scores[kClasses];

  double CrossEntropy() const {
    double sum = 0;
    for (const double score : scores) sum += std::exp(score);
    return std::log(sum) - scores[label];
  }
  bool IsRight(int top_k) const {
    return std::count_if(scores, scores + kClasses, [&](double score) {
             return score > scores[label];
           }) < top_k;
  }
};

class EvaluationTest : public testing::TestWithParam<AvailableDevice> {
 protected:
  explicit EvaluationTest(const MadeUpOptions& data = {}) : batches_(data) {}

  // With these layers behind the classifier "fc".
  TestResult Test(const std::string& layers, int batch_size,
                  const std::string& fc_options = "") {
    const auto net = ParseNetText(
        absl::StrCat(
            "layer { name: 'data' type: 'Data' top: 'data' top: 'label' "
            "  data_param { batch_size: ",
            batch_size,
            " } } "
            "layer { name: 'fc' type: 'InnerProduct' bottom: 'data' top: 'fc' ",
            fc_options, "  inner_product_param { num_output: ", kClasses,
            "    weight_filler { type: 'xavier' } } } ", layers),
        "net");
    EXPECT_OK(net);
    NetOptions options;
    options.backend = backend_;
    options.parameters = &parameters_;
    const auto evaluation = Evaluation::Create(*net, options, &batches_);
    EXPECT_OK(evaluation);
    Evaluation::Watcher watcher;
    const auto result = (*evaluation)->Run(nullptr, &watcher);
    EXPECT_OK(result);
    return *result;
  }

  // All samples, by plain loops. After a Test, which makes the parameters.
  std::vector<Scored> ScoreSamples() {
    MadeUpSource& source = batches_.source(TEST);
    source.Seek(0);
    const std::vector<float> weight = Values("fc/weight");
    const std::vector<float> bias = Values("fc/bias");
    std::vector<Scored> all(kSamples);
    for (Scored& sample : all) {
      const Batch batch = ReadBatch(&source, 1);
      const std::vector<float>& pixels = batch.data;
      sample.label = static_cast<int>(batch.labels[0]);
      for (int k = 0; k < kClasses; ++k) {
        sample.scores[k] = bias[k];
        for (int i = 0; i < kPixels; ++i) {
          sample.scores[k] += double(weight[k * kPixels + i]) * pixels[i];
        }
      }
    }
    return all;
  }

  // As a view of the device's memory.
  View Find(const std::string& name) {
    const Parameter* const parameter = parameters_.Find(name);
    CHECK(parameter != nullptr) << name;
    return View::Dense(parameter->data, parameter->shape);
  }
  std::vector<float> Values(const std::string& name) {
    return CopyToHost(Find(name), backend_.device.get());
  }

  static std::string Loss(const std::string& options) {
    return absl::StrCat(
        "layer { name: 'loss' type: 'SoftmaxWithLoss' bottom: 'fc' "
        "  bottom: 'label' top: 'loss' ",
        options, " } ");
  }
  static std::string Accuracy(const std::string& top,
                              const std::string& options) {
    return absl::StrCat("layer { name: '", top,
                        "' type: 'Accuracy' bottom: 'fc' bottom: 'label' "
                        "  top: '",
                        top, "' ", options, " } ");
  }

  const Backend backend_ = GetParam().make_backend(1);
  MadeUpBatches batches_;
  ParameterStore parameters_;
};
INSTANTIATE_TEST_SUITE_P(Devices, EvaluationTest,
                         testing::ValuesIn(AvailableDevices()), DeviceName());

// The sum of cross-entropies without those of an ignored label.
double SumOfLosses(const std::vector<Scored>& samples, int ignored) {
  double sum = 0;
  for (const Scored& sample : samples) {
    if (sample.label != ignored) sum += sample.CrossEntropy();
  }
  return sum;
}

// Labels take turns in 0, 1, 2: of 23 samples 8, 8 and 7 have them.
TEST_P(EvaluationTest, LossIsThatOfOneBatchOfAllSamples) {
  const std::map<std::string, double> divisors = {
      {"", 16},
      {"normalization: VALID", 16},
      {"normalization: FULL", 23},
      {"normalization: BATCH_SIZE", 23}};
  for (const auto& [normalization, divisor] : divisors) {
    for (const int batch_size : kBatchSizes) {
      const TestResult result =
          Test(Loss("loss_param { ignore_label: 2 " + normalization + " }"),
               batch_size);
      EXPECT_NEAR(*result.mean.loss, SumOfLosses(ScoreSamples(), 2) / divisor,
                  1e-6)
          << normalization << batch_size;
      EXPECT_EQ(result.samples, kSamples);
      EXPECT_FALSE(result.mean.accuracy.has_value());
      EXPECT_THAT(result.others, IsEmpty());
    }
  }
}

TEST_P(EvaluationTest, SumsAreThoseOfAFullBatchOnAverage) {
  for (const int batch_size : kBatchSizes) {
    const double share = double(batch_size) / kSamples;
    TestResult result = Test(
        Loss("loss_param { ignore_label: 2 normalization: NONE }"), batch_size);
    const std::vector<Scored> samples = ScoreSamples();
    EXPECT_NEAR(*result.mean.loss, SumOfLosses(samples, 2) * share, 1e-4);
    // The sum of all scores as the objective.
    result = Test("", batch_size, "loss_weight: 0.5");
    double sum = 0;
    for (const Scored& sample : samples) {
      for (const double score : sample.scores) sum += score;
    }
    EXPECT_NEAR(*result.mean.loss, 0.5 * sum * share, 1e-4) << batch_size;
  }
}

TEST_P(EvaluationTest, EachTermHasItsOwnCount) {
  for (const int batch_size : kBatchSizes) {
    const TestResult result =
        Test(Loss("loss_param { ignore_label: 2 }") +
                 "layer { name: 'other' type: 'SoftmaxWithLoss' bottom: 'fc' "
                 "  bottom: 'label' top: 'other' loss_weight: 0.25 "
                 "  loss_param { ignore_label: 0 } } ",
             batch_size);
    const std::vector<Scored> samples = ScoreSamples();
    const double first = SumOfLosses(samples, 2) / 16;
    const double second = SumOfLosses(samples, 0) / 15;
    EXPECT_NEAR(*result.mean.loss, first + 0.25 * second, 1e-6);
    ASSERT_EQ(result.others.size(), 2);
    EXPECT_EQ(result.others[0].name, "loss");
    EXPECT_NEAR(*result.others[0].numbers[0].value(), first, 1e-6);
    EXPECT_EQ(result.others[1].name, "other");
    EXPECT_NEAR(*result.others[1].numbers[0].value(), second, 1e-6);
  }
}

// A number that no layer counts for is a mean over samples.
TEST_P(EvaluationTest, NumbersMadeOfLosses) {
  for (const int batch_size : kBatchSizes) {
    const TestResult result =
        Test(Loss("loss_weight: 0") +
                 "layer { name: 'twice' type: 'Eltwise' bottom: 'loss' "
                 "  bottom: 'loss' top: 'twice' } ",
             batch_size);
    ASSERT_EQ(result.others.size(), 1);
    EXPECT_NEAR(*result.others[0].numbers[0].value(),
                2 * SumOfLosses(ScoreSamples(), -1) / kSamples, 1e-6);
  }
}

TEST_P(EvaluationTest, AccuraciesCountTheirOwnSamples) {
  for (const int batch_size : kBatchSizes) {
    const TestResult result =
        Test(Accuracy("top1", "accuracy_param { ignore_label: 1 }") +
                 Accuracy("top2", "top: 'classes' accuracy_param { top_k: 2 }"),
             batch_size);
    int right1 = 0, right2 = 0, class_right[kClasses] = {};
    for (const Scored& sample : ScoreSamples()) {
      right1 += sample.label != 1 && sample.IsRight(1);
      right2 += sample.IsRight(2);
      class_right[sample.label] += sample.IsRight(2);
    }
    EXPECT_NEAR(*result.mean.accuracy, right1 / 15.0, 1e-7);
    EXPECT_FALSE(result.mean.loss.has_value());
    ASSERT_EQ(result.others.size(), 2);
    EXPECT_EQ(result.others[0].name, "top2");
    EXPECT_NEAR(*result.others[0].numbers[0].value(), right2 / 23.0, 1e-7);
    EXPECT_EQ(result.others[1].name, "classes");
    const std::vector<CountedMean>& classes = result.others[1].numbers;
    ASSERT_EQ(classes.size(), kClasses);
    const int class_samples[] = {8, 8, 7, 0};
    for (int k = 0; k < kClasses; ++k) {
      EXPECT_EQ(classes[k].count, class_samples[k]);
      EXPECT_NEAR(classes[k].sum, class_right[k], 1e-6);
    }
  }
}

// For all who compare scores: no class comes out perfect.
TEST_P(EvaluationTest, ScoresThatAreNotFiniteAreWrong) {
  const std::string layers =
      Accuracy("top1", "top: 'classes1'") +
      Accuracy("top4", "top: 'classes4' accuracy_param { top_k: 4 }");
  ASSERT_GT(Test(layers, 7).mean.accuracy, 0);
  for (const float bad : {NAN, INFINITY, -INFINITY}) {
    FillView(Find("fc/bias"), bad, backend_.device.get());
    const TestResult result = Test(layers, 7);
    EXPECT_EQ(result.mean.accuracy, 0) << bad;
    ASSERT_EQ(result.others.size(), 3);
    for (const NamedMeans& other : result.others) {
      for (const CountedMean& mean : other.numbers) {
        EXPECT_EQ(mean.sum, 0) << other.name;
      }
    }
  }
}

// Samples 0, 4, 8 ... of 23 are labeled 255.
class UnlabeledTest : public EvaluationTest {
 protected:
  UnlabeledTest() : EvaluationTest(SomeUnlabeled()) {}

  static MadeUpOptions SomeUnlabeled() {
    MadeUpOptions options;
    options.unlabeled_every = 4;
    return options;
  }
};
INSTANTIATE_TEST_SUITE_P(Devices, UnlabeledTest,
                         testing::ValuesIn(AvailableDevices()), DeviceName());

TEST_P(UnlabeledTest, CountsTheOthers) {
  for (const int batch_size : kBatchSizes) {
    const TestResult result =
        Test(Loss("loss_param { ignore_label: 255 }") +
                 Accuracy("top1", "accuracy_param { ignore_label: 255 }"),
             batch_size);
    std::vector<Scored> labeled;
    for (const Scored& sample : ScoreSamples()) {
      if (sample.label != 255) labeled.push_back(sample);
    }
    ASSERT_EQ(labeled.size(), 17);
    EXPECT_NEAR(*result.mean.loss, SumOfLosses(labeled, -1) / 17, 1e-6);
    EXPECT_NEAR(*result.mean.accuracy,
                std::count_if(labeled.begin(), labeled.end(),
                              [](const Scored& s) { return s.IsRight(1); }) /
                    17.0,
                1e-7);
  }
}

TEST_P(EvaluationTest, SaysHowFarItIs) {
  const auto net = ParseNetText(
      "name: 'small' layer { name: 'data' type: 'Data' top: 'data' "
      "top: 'label' data_param { batch_size: 10 } }",
      "net");
  ASSERT_OK(net);
  NetOptions options;
  options.backend = backend_;
  ASSERT_OK_AND_ASSIGN(const auto evaluation,
                       Evaluation::Create(*net, options, &batches_));
  EXPECT_EQ(evaluation->name(), "small");
  struct : Evaluation::Watcher {
    void OnBatch(int64_t samples_done) override {
      done.push_back(samples_done);
    }
    std::vector<int64_t> done;
  } watcher;
  ASSERT_OK(evaluation->Run(nullptr, &watcher));
  EXPECT_THAT(watcher.done, ElementsAre(10, 20, 23));
  const std::atomic<bool> stop{true};
  EXPECT_TRUE(absl::IsCancelled(evaluation->Run(&stop, &watcher).status()));
  // What cannot be read ends it at once.
  const absl::Status broken = absl::DataLossError("a.jpg: cut short");
  batches_.source(TEST).BreakAt(12, broken);
  watcher.done.clear();
  EXPECT_EQ(evaluation->Run(nullptr, &watcher).status(), broken);
  EXPECT_THAT(watcher.done, ElementsAre(10));
}

TEST(EvaluationDeviceTest, NoScoresOfABrokenDevice) {
  ASSERT_OK_AND_ASSIGN(
      const NetParameter net,
      ParseNetText("layer { name: 'data' type: 'Data' top: 'data' "
                   "top: 'label' data_param { batch_size: 10 } }",
                   "net"));
  NetOptions options;
  options.backend = MakeCpuBackend(1);
  const auto device = std::make_shared<BreakingDevice>(1);
  options.backend.device = device;
  MadeUpBatches batches{MadeUpOptions()};
  ASSERT_OK_AND_ASSIGN(const auto evaluation,
                       Evaluation::Create(net, options, &batches));
  Evaluation::Watcher watcher;
  EXPECT_OK(evaluation->Run(nullptr, &watcher));
  device->Break();
  EXPECT_THAT(evaluation->Run(nullptr, &watcher),
              StatusIs(absl::StatusCode::kInternal, "the device is gone"));
}

}  // namespace
}  // namespace tamp
