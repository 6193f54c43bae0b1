#include "layers/softmax_loss/softmax_loss_cuda.h"

#include <cmath>
#include <cstdint>
#include <vector>

#include "core/check.h"
#include "core/rng.h"
#include "core/shape.h"
#include "gtest/gtest.h"
#include "kernels/grad_mode.h"
#include "kernels/lines_along.h"
#include "layers/softmax_loss/softmax_loss_kernel.h"
#include "layers/softmax_loss/softmax_loss_reference.h"
#include "tests/util/devices/cuda_kernel_test.h"
#include "tests/util/devices/device_tensor.h"
#include "tests/util/tensor_matchers.h"
#include "tests/util/test_tensor.h"

namespace tamp {
namespace {

constexpr int64_t kIgnore = 255;

struct Case {
  Shape scores;
  int axis;
  Shape labels;
  Padding padding;
  float label_smoothing;
  double fixed_normalizer;
};

SoftmaxLossOptions OptionsOf(const Case& c) {
  SoftmaxLossOptions options;
  options.lines = LinesAlong(c.scores, c.axis);
  options.labels = {c.labels.num(), c.labels.channels(), c.labels.spatial()};
  options.has_ignore_label = true;
  options.ignore_label = kIgnore;
  options.label_smoothing = c.label_smoothing;
  options.fixed_normalizer = c.fixed_normalizer;
  return options;
}

// What goes in, and what the reference makes of it.
struct Reference {
  explicit Reference(const Case& c)
      : options(OptionsOf(c)),
        x(c.scores),
        y(c.scores),
        dy(c.scores),
        labels(c.labels),
        probabilities(c.scores.num_elements()) {
    RandomStream random(2);
    x.FillRandom(&random, -5, 5);
    dy.FillRandom(&random);
    FillLabels(/*ignored_of_five=*/1);
  }

  void FillLabels(int ignored_of_five) {
    RandomStream random(3);
    std::vector<float> values;
    for (int64_t i = 0; i < labels.shape().num_elements(); ++i) {
      const float label = random.UniformInt(options.lines.length);
      values.push_back(i % 5 >= 5 - ignored_of_five ? kIgnore : label);
    }
    labels.FromVector(values);
  }

  void Forward() {
    SoftmaxLossForwardReference<float>(
        options, {x.strided(), labels.strided(), &loss, probabilities.data(),
                  y.strided(), nullptr, &count});
  }
  // dx begins as 9.
  std::vector<float> Backward(float dloss, Strided<const float> dy,
                              GradMode mode) {
    TestTensor<float> dx(x.shape());
    dx.Fill(9);
    SoftmaxLossBackwardReference<float>(
        options, {labels.strided(), probabilities.data(), &dloss, dy,
                  dx.strided(), mode});
    return dx.ToVector();
  }

  SoftmaxLossOptions options;
  TestTensor<float> x, y, dy, labels;
  std::vector<float> probabilities;
  float loss = 0, count = 0;
};

class SoftmaxLossCudaTest : public CudaKernelTest {
 protected:
  DeviceTensor There(TestTensor<float>* tensor, Padding padding) {
    DeviceTensor there = Tensor(tensor->shape(), padding);
    there.FromVector(tensor->ToVector());
    return there;
  }

  // With or without what may be null.
  void CheckForward(bool has_all, Reference* reference, Padding padding) {
    reference->Forward();
    DeviceTensor x = There(&reference->x, padding);
    DeviceTensor labels = There(&reference->labels, padding);
    DeviceTensor y = Tensor(x.shape(), padding);
    DeviceTensor loss = Array(1), count = Array(1);
    DeviceTensor p = Array(x.shape().num_elements());
    const auto kernel = MakeSoftmaxLossCuda(reference->options, queue());
    EXPECT_EQ(kernel->forward_workspace_bytes(), 0);
    SoftmaxLossForwardArgs<float> args = {x.view().strided(),
                                          labels.view().strided(),
                                          loss.view().data,
                                          p.view().data,
                                          {}};
    if (has_all) {
      args.y = y.view().strided();
      args.count = count.view().data;
    }
    kernel->Forward(args);
    EXPECT_TRUE(AllClose(loss.ToVector(), {reference->loss}, 64));
    EXPECT_TRUE(AllClose(p.ToVector(), reference->probabilities, 16));
    if (!has_all) return;
    EXPECT_EQ(count.ToVector()[0], reference->count);
    EXPECT_TRUE(AllClose(y.ToVector(), reference->y.ToVector(), 16));
    EXPECT_TRUE(y.PaddingIsUntouched());
  }

  // REQUIRES: the reference has run forward.
  void CheckBackward(GradMode mode, bool has_dloss, bool has_dy,
                     Reference* reference, Padding padding) {
    DeviceTensor labels = There(&reference->labels, padding);
    DeviceTensor dy = There(&reference->dy, padding);
    DeviceTensor dx = Tensor(dy.shape(), padding);
    DeviceTensor p = Array(reference->probabilities);
    DeviceTensor dloss = Array(std::vector<float>{3});
    if (mode != GradMode::kWrite) dx.Fill(9);
    Strided<const float> dy_there, dy_here;
    if (has_dy) dy_there = dy.view().strided();
    if (has_dy) dy_here = reference->dy.strided();
    MakeSoftmaxLossCuda(reference->options, queue())
        ->Backward({labels.view().strided(), p.view().data,
                    has_dloss ? dloss.view().data : nullptr, dy_there,
                    dx.view().strided(), mode});
    const std::vector<float> expected =
        reference->Backward(has_dloss ? 3 : 0, dy_here, mode);
    EXPECT_TRUE(AllClose(dx.ToVector(), expected, 16));
    EXPECT_TRUE(dx.PaddingIsUntouched());
  }

  // The label of the only line of three classes.
  void RunWithLabel(float label) {
    Reference reference({{1, 3}, 1, {1}, {}, 0, 0});
    DeviceTensor x = There(&reference.x, {}),
                 labels = Array(std::vector<float>{label});
    DeviceTensor p = Array(3), loss = Array(1);
    MakeSoftmaxLossCuda(reference.options, queue())
        ->Forward({x.view().strided(),
                   labels.view().strided(),
                   loss.view().data,
                   p.view().data,
                   {}});
    CHECK_OK(device().Synchronize());
  }
};
using SoftmaxLossCudaDeathTest = SoftmaxLossCudaTest;

TEST_P(SoftmaxLossCudaTest, EqualsReference) {
  const Case cases[] = {{{1, 1}, 1, {1}, {}, 0, 0},
                        {{37, 10}, 1, {37}, {3, 7}, 0, 0},
                        {{5, 3, 2, 3}, 1, {5, 1, 2, 3}, {2, 5}, 0.1f, 5},
                        {{7, 4, 3}, 0, {4, 3}, {1, 2}, 0.25f, 1},
                        {{2, 3, 2, 17, 2}, 3, {2, 3, 4}, {4, 1}, 0, 24},
                        {{6, 5, 7}, 2, {6, 5}, {0, 3}, 0.5f, 0},
                        // Around and beyond the lanes of a warp.
                        {{3, 32}, 1, {3}, {}, 0.1f, 0},
                        {{3, 33}, 1, {3}, {1, 1}, 0, 0},
                        {{6, 100}, 1, {6}, {}, 0.1f, 0},
                        // More lines than warps that fit.
                        {{2, 2, 11, 13}, 1, {2, 11, 13}, {1, 2}, 0.1f, 0}};
  for (const Case& c : cases) {
    SCOPED_TRACE(testing::Message() << c.scores << " axis " << c.axis);
    Reference reference(c);
    CheckForward(/*has_all=*/true, &reference, c.padding);
    CheckBackward(GradMode::kWrite, true, true, &reference, c.padding);
  }
}

TEST_P(SoftmaxLossCudaTest, WithoutWhatMayBeNull) {
  const Padding padding = {2, 5};
  Reference reference({{5, 3, 2, 3}, 1, {5, 1, 2, 3}, padding, 0.1f, 0});
  CheckForward(/*has_all=*/false, &reference, padding);
  for (const bool has_dloss : {false, true}) {
    CheckBackward(GradMode::kWrite, has_dloss, false, &reference, padding);
  }
  CheckBackward(GradMode::kWrite, false, true, &reference, padding);
}

TEST_P(SoftmaxLossCudaTest, AddsOrSkipsTheGradient) {
  Reference reference({{6, 5, 7}, 2, {6, 5}, {0, 3}, 0.5f, 0});
  reference.Forward();
  CheckBackward(GradMode::kAdd, true, true, &reference, {0, 3});
  CheckBackward(GradMode::kSkip, true, true, &reference, {0, 3});
}

TEST_P(SoftmaxLossCudaTest, CountsLinesWithAndWithoutIgnoredOnes) {
  for (const int ignored_of_five : {0, 2, 5}) {
    for (const bool has_ignore_label : {false, true}) {
      if (ignored_of_five > 0 && !has_ignore_label) continue;
      Reference reference({{11, 4}, 1, {11}, {}, 0, 0});
      reference.options.has_ignore_label = has_ignore_label;
      reference.FillLabels(ignored_of_five);
      CheckForward(/*has_all=*/true, &reference, {});
      CheckBackward(GradMode::kWrite, true, false, &reference, {});
      EXPECT_EQ(reference.loss == 0, ignored_of_five == 5);
    }
  }
}

TEST_P(SoftmaxLossCudaTest, StaysFiniteForHugeScores) {
  Reference reference({{1, 2}, 1, {1}, {}, 0, 0});
  reference.x.FromVector({1e4f, -1e4f});
  reference.labels.FromVector({1});
  CheckForward(/*has_all=*/true, &reference, {});
  CheckBackward(GradMode::kWrite, true, true, &reference, {});
  EXPECT_EQ(reference.loss, 2e4f);
}

// Lines of several blocks.
TEST_P(SoftmaxLossCudaTest, SameBitsInEveryOrder) {
  Reference reference({{101, 3}, 1, {101}, {}, 0, 0});
  DeviceTensor x = There(&reference.x, {});
  DeviceTensor labels = There(&reference.labels, {});
  DeviceTensor p = Array(x.shape().num_elements()), loss = Array(1);
  const auto kernel = MakeSoftmaxLossCuda(reference.options, queue());
  const auto run = [&] {
    loss.Fill(NAN);
    kernel->Forward({x.view().strided(),
                     labels.view().strided(),
                     loss.view().data,
                     p.view().data,
                     {}});
    return loss.ToVector()[0];
  };
  const float bits = run();
  const cuda_sim::ScopedOptions forward_order{cuda_sim::Options()};
  EXPECT_EQ(run(), bits);
}

TEST_P(SoftmaxLossCudaDeathTest, LabelsThatAreNoClassNeverIndexMemory) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  for (const float label : {-1.0f, 3.0f, 0.5f, std::nanf("")}) {
    EXPECT_DEATH(RunWithLabel(label), "label is one of the classes") << label;
  }
}

INSTANTIATE_TEST_SUITE_P(Orders, SoftmaxLossCudaTest, CudaOrders());
INSTANTIATE_TEST_SUITE_P(OneOrder, SoftmaxLossCudaDeathTest,
                         testing::Values(cuda_sim::Options()));

}  // namespace
}  // namespace tamp
