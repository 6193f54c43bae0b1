#include "layers/accuracy/accuracy_cuda.h"

#include <cmath>
#include <cstdint>
#include <vector>

#include "core/check.h"
#include "core/device/buffer.h"
#include "core/rng.h"
#include "core/shape.h"
#include "gtest/gtest.h"
#include "kernels/lines_along.h"
#include "layers/accuracy/accuracy_kernel.h"
#include "layers/accuracy/accuracy_reference.h"
#include "tests/util/devices/cuda_kernel_test.h"
#include "tests/util/devices/device_tensor.h"
#include "tests/util/test_tensor.h"

namespace tamp {
namespace {

constexpr int64_t kIgnore = 255;

struct Case {
  Shape scores;
  int axis;
  Shape labels;
  Padding padding;
  int64_t top_k;
};

AccuracyOptions OptionsOf(const Case& c) {
  AccuracyOptions options;
  options.lines = LinesAlong(c.scores, c.axis);
  options.labels = {c.labels.num(), c.labels.channels(), c.labels.spatial()};
  options.top_k = c.top_k;
  options.has_ignore_label = true;
  options.ignore_label = kIgnore;
  return options;
}

// Few distinct scores, so that there are ties; some are not finite.
std::vector<float> ScoresOf(const Case& c) {
  RandomStream random(1);
  const float kinds[] = {0, 1, 2, 3, 4, -INFINITY};
  std::vector<float> scores;
  for (int64_t i = 0; i < c.scores.num_elements(); ++i) {
    scores.push_back(kinds[random.UniformInt(6)]);
    if (i % 37 == 36) scores.back() = i % 2 == 0 ? NAN : INFINITY;
  }
  return scores;
}

// Every `period`-th is ignored.
std::vector<float> LabelsOf(const Case& c, int64_t period) {
  RandomStream random(2);
  std::vector<float> labels;
  for (int64_t i = 0; i < c.labels.num_elements(); ++i) {
    const float label = random.UniformInt(c.scores.dim(c.axis));
    labels.push_back(i % period == period - 1 ? kIgnore : label);
  }
  return labels;
}

class AccuracyCudaTest : public CudaKernelTest {
 protected:
  // With or without the accuracy of each class.
  void Check(const Case& c, int64_t period, bool per_class) {
    const AccuracyOptions options = OptionsOf(c);
    const int64_t classes = options.lines.length;
    TestTensor<float> x(c.scores), labels(c.labels), class_accuracy({classes});
    x.FromVector(ScoresOf(c));
    labels.FromVector(LabelsOf(c, period));
    float accuracy = 0, count = 0;
    std::vector<float> class_counts(classes);
    AccuracyForwardReference<float>(
        options,
        {x.strided(), labels.strided(), &accuracy, class_accuracy.strided(),
         nullptr, &count, class_counts.data()});

    DeviceTensor x_there = Tensor(c.scores, c.padding);
    DeviceTensor labels_there = Tensor(c.labels, c.padding);
    DeviceTensor class_accuracy_there = Tensor({classes}, c.padding);
    DeviceTensor class_counts_there = Array(classes);
    DeviceTensor accuracy_there = Array(1), count_there = Array(1);
    x_there.FromVector(x.ToVector());
    labels_there.FromVector(labels.ToVector());
    const auto kernel = MakeAccuracyCuda(options, queue());
    const Buffer workspace = Workspace(kernel->forward_workspace_bytes());
    AccuracyForwardArgs<float> args = {
        x_there.view().strided(),   labels_there.view().strided(),
        accuracy_there.view().data, {},
        workspace.data(),           count_there.view().data};
    if (per_class) {
      args.class_accuracy = class_accuracy_there.view().strided();
      args.class_counts = class_counts_there.view().data;
    }
    kernel->Forward(args);
    EXPECT_EQ(accuracy_there.ToVector()[0], accuracy);
    EXPECT_EQ(count_there.ToVector()[0], count);
    if (!per_class) return;
    EXPECT_EQ(class_accuracy_there.ToVector(), class_accuracy.ToVector());
    EXPECT_EQ(class_counts_there.ToVector(), class_counts);
    EXPECT_TRUE(class_accuracy_there.PaddingIsUntouched());
  }

  // One line of three classes.
  void RunWithLabel(float label) {
    const AccuracyOptions options = OptionsOf({{1, 3}, 1, {1}, {}, 1});
    DeviceTensor x = Array({1, 2, 3}),
                 labels = Array(std::vector<float>{label});
    DeviceTensor accuracy = Array(1), count = Array(1);
    const auto kernel = MakeAccuracyCuda(options, queue());
    const Buffer workspace = Workspace(kernel->forward_workspace_bytes());
    kernel->Forward({x.view().strided(),
                     labels.view().strided(),
                     accuracy.view().data,
                     {},
                     workspace.data(),
                     count.view().data});
    CHECK_OK(device().Synchronize());
  }
};
using AccuracyCudaDeathTest = AccuracyCudaTest;

TEST_P(AccuracyCudaTest, EqualsReference) {
  const Case cases[] = {{{1, 1}, 1, {1}, {}, 1},
                        {{67, 10}, 1, {67}, {3, 7}, 1},
                        {{67, 10}, 1, {67, 1}, {3, 7}, 5},
                        {{5, 3, 2, 3}, 1, {5, 1, 2, 3}, {2, 5}, 3},
                        {{7, 4, 3}, 0, {4, 3}, {1, 2}, 2},
                        {{2, 3, 2, 17, 2}, 3, {2, 3, 4}, {4, 1}, 4},
                        // Around the lanes of a warp.
                        {{40, 31}, 1, {40}, {}, 10},
                        {{40, 32}, 1, {40}, {1, 1}, 10},
                        {{40, 33}, 1, {40}, {}, 10},
                        // More classes than a block has threads.
                        {{30, 300}, 1, {30}, {}, 80},
                        // More lines than warps that fit.
                        {{3, 2, 11, 13}, 1, {3, 11, 13}, {1, 2}, 1}};
  for (const Case& c : cases) {
    SCOPED_TRACE(testing::Message() << c.scores << " axis " << c.axis);
    Check(c, /*period=*/7, /*per_class=*/true);
    Check(c, /*period=*/3, /*per_class=*/false);
  }
}

TEST_P(AccuracyCudaTest, NothingCountedIsZero) {
  Check({{5, 3}, 1, {5}, {}, 1}, /*period=*/1, /*per_class=*/true);
}

TEST_P(AccuracyCudaDeathTest, LabelsThatAreNoClassNeverIndexMemory) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_DEATH(RunWithLabel(3), "label is one of the classes");
}

INSTANTIATE_TEST_SUITE_P(Orders, AccuracyCudaTest, CudaOrders());
INSTANTIATE_TEST_SUITE_P(OneOrder, AccuracyCudaDeathTest,
                         testing::Values(cuda_sim::Options()));

}  // namespace
}  // namespace tamp
