#include "solvers/sgd/sgd_cpu.h"

#include <cmath>
#include <memory>
#include <vector>

#include "core/rng.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "kernels/sgd_kernel.h"
#include "net/backend.h"
#include "solvers/sgd/sgd_reference.h"
#include "tests/util/tensor_matchers.h"
#include "tests/util/test_backend.h"

namespace tamp {
namespace {

using testing::ElementsAre;

SgdStep MakeStep(WeightDecay decay, bool nesterov) {
  SgdStep step;
  step.lr = 0.5;
  step.momentum = 0.25;
  step.weight_decay = 2;
  step.gradient_scale = 0.5;
  step.decay = decay;
  step.nesterov = nesterov;
  return step;
}

// One element with w = 4, gradient = 6, v = 8, lr_mult = 2, decay_mult = 0.5:
// rate 1, decay 1.
class SgdReferenceTest : public testing::Test {
 protected:
  void Run(const SgdStep& step) {
    SgdUpdateReference<double>(step, {&w_, &gradient_, &v_, 1, 2, 0.5});
  }
  double w_ = 4, v_ = 8;
  const double gradient_ = 6;
};

TEST_F(SgdReferenceTest, MomentumByHand) {
  Run(MakeStep(WeightDecay::kL2, false));
  EXPECT_EQ(v_, 0.25 * 8 + (3 + 4));
  EXPECT_EQ(w_, 4 - 9);
}

TEST_F(SgdReferenceTest, NesterovByHand) {
  Run(MakeStep(WeightDecay::kL2, true));
  EXPECT_EQ(v_, 9);
  EXPECT_EQ(w_, 4 - (7 + 0.25 * 9));
}

TEST_F(SgdReferenceTest, L1ByHand) {
  Run(MakeStep(WeightDecay::kL1, false));
  EXPECT_EQ(v_, 0.25 * 8 + (3 + 1));
  EXPECT_EQ(w_, 4 - 6);
}

TEST_F(SgdReferenceTest, L1PullsTowardsZeroFromBelowAndNotAtZero) {
  w_ = -4;
  Run(MakeStep(WeightDecay::kL1, false));
  EXPECT_EQ(v_, 0.25 * 8 + (3 - 1));
  w_ = 0;
  v_ = 8;
  Run(MakeStep(WeightDecay::kL1, false));
  EXPECT_EQ(v_, 0.25 * 8 + 3);
}

// The history keeps no learning rate: after a change of lr all of it moves at
// the new rate.
TEST_F(SgdReferenceTest, HistoryFollowsTheLearningRate) {
  SgdStep step;
  step.momentum = 1;
  for (const double lr : {1.0, 0.0, 0.5}) {
    step.lr = lr;
    Run(step);
  }
  EXPECT_EQ(v_, 8 + 3 * 6);
  EXPECT_EQ(w_, 4 - 2 * 14 - 1 * 26);
}

struct Arrays {
  explicit Arrays(int64_t size) : weight(size), gradient(size), history(size) {
    RandomStream random(DeriveKey(3, "sgd"), size);
    for (auto* array : {&weight, &gradient, &history}) {
      for (float& x : *array) x = static_cast<float>(random.Uniform(-1, 1));
    }
    if (size > 0) weight[size / 2] = 0;  // the kink of L1
  }
  SgdTensor<float> Tensor(double lr_mult, double decay_mult) {
    return {weight.data(),  gradient.data(),
            history.data(), static_cast<int64_t>(weight.size()),
            lr_mult,        decay_mult};
  }
  std::vector<float> weight, gradient, history;
};

// Below, at and above the size of a tile, odd sizes, and an empty one.
constexpr int64_t kSizes[] = {1, 2, 7, 16, 1000, 16383, 16384, 16385, 40001, 0};

std::vector<Arrays> MakeArrays() {
  std::vector<Arrays> arrays;
  for (const int64_t size : kSizes) arrays.emplace_back(size);
  return arrays;
}

std::vector<SgdTensor<float>> Tensors(std::vector<Arrays>* arrays) {
  std::vector<SgdTensor<float>> tensors;
  for (size_t i = 0; i < arrays->size(); ++i) {
    tensors.push_back((*arrays)[i].Tensor(1 + 0.5 * i, i % 3));
  }
  return tensors;
}

TEST(SgdCpuTest, UpdateEqualsReference) {
  for (const int threads : {1, 2, 3}) {
    for (const WeightDecay decay : {WeightDecay::kL2, WeightDecay::kL1}) {
      for (const bool nesterov : {false, true}) {
        const SgdStep step = MakeStep(decay, nesterov);
        std::vector<Arrays> actual = MakeArrays(), expected = MakeArrays();
        const Backend backend = TestBackend(threads);
        const auto kernel =
            MakeSgdCpu(Tensors(&actual), *backend.device).value();
        for (int i = 0; i < 2; ++i) {
          kernel->Update(step);
          for (const auto& tensor : Tensors(&expected)) {
            SgdUpdateReference<float>(step, tensor);
          }
        }
        for (size_t i = 0; i < actual.size(); ++i) {
          EXPECT_TRUE(AllClose(actual[i].weight, expected[i].weight, 4));
          EXPECT_TRUE(AllClose(actual[i].history, expected[i].history, 4));
          EXPECT_EQ(actual[i].gradient, expected[i].gradient);
        }
      }
    }
  }
}

TEST(SgdCpuTest, SameBitsForAnyNumberOfThreads) {
  std::vector<std::vector<float>> weights;
  std::vector<double> squares;
  for (const int threads : {1, 2, 3}) {
    std::vector<Arrays> arrays = MakeArrays();
    const Backend backend = TestBackend(threads);
    const auto kernel = MakeSgdCpu(Tensors(&arrays), *backend.device).value();
    squares.push_back(kernel->GradientSquares());
    kernel->Update(MakeStep(WeightDecay::kL2, true));
    weights.push_back(arrays[8].weight);
  }
  EXPECT_THAT(squares, ElementsAre(squares[0], squares[0], squares[0]));
  EXPECT_THAT(weights, ElementsAre(weights[0], weights[0], weights[0]));
}

TEST(SgdCpuTest, GradientSquares) {
  std::vector<Arrays> arrays = MakeArrays();
  const Backend backend = TestBackend(2);
  double expected = 0;
  for (const auto& tensor : Tensors(&arrays)) {
    expected += GradientSquaresReference<float>(tensor);
  }
  EXPECT_NEAR(
      MakeSgdCpu(Tensors(&arrays), *backend.device).value()->GradientSquares(),
      expected, 1e-12 * expected);
  EXPECT_EQ(MakeSgdCpu({}, *backend.device).value()->GradientSquares(), 0);
}

}  // namespace
}  // namespace tamp
