#include "solvers/sgd/sgd_cuda.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <vector>

#include "core/rng.h"
#include "gtest/gtest.h"
#include "kernels/sgd_kernel.h"
#include "solvers/sgd/sgd_reference.h"
#include "tests/util/devices/cuda_kernel_test.h"
#include "tests/util/devices/device_tensor.h"

namespace tamp {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

// Below, at and above the size of a piece, odd sizes, and an empty one.
constexpr int64_t kSizes[] = {1, 2, 7, 0, 256, 1000, 2047, 2048, 2049, 4097};

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

// A parameter's arrays, on the host.
struct Arrays {
  explicit Arrays(int64_t size) : weight(size), gradient(size), history(size) {
    RandomStream random(DeriveKey(3, "sgd"), size);
    for (auto* array : {&weight, &gradient, &history}) {
      for (float& x : *array) x = static_cast<float>(random.Uniform(-1, 1));
    }
  }
  std::vector<float> weight, gradient, history;
};

// All parameters lie in one array, as those of a net do, with gaps.
class SgdCudaTest : public CudaKernelTest {
 protected:
  static constexpr int64_t kGap = 3;
  static constexpr float kUntouched = -12345.5f;

  SgdCudaTest() {
    for (const int64_t size : kSizes) here_.emplace_back(size);
  }

  std::vector<SgdTensor<float>> TensorsHere() {
    std::vector<SgdTensor<float>> tensors;
    for (Arrays& a : here_) {
      const auto size = static_cast<int64_t>(a.weight.size());
      const size_t i = tensors.size();
      tensors.push_back({a.weight.data(), a.gradient.data(), a.history.data(),
                         size, 1 + 0.5 * (i % 4), double(i % 3)});
    }
    return tensors;
  }

  // What the device's memory holds where it holds the same parameters.
  std::vector<float> AllHere() const {
    std::vector<float> all;
    for (const Arrays& arrays : here_) {
      for (const auto* array :
           {&arrays.weight, &arrays.gradient, &arrays.history}) {
        all.insert(all.end(), array->begin(), array->end());
        all.insert(all.end(), kGap, kUntouched);
      }
    }
    return all;
  }

  // For a copy of the parameters in the device's memory.
  std::unique_ptr<SgdKernel> MakeKernel() {
    all_there_.emplace(Array(AllHere()));
    std::vector<SgdTensor<float>> tensors = TensorsHere();
    float* next = all_there_->view().data;
    for (SgdTensor<float>& tensor : tensors) {
      tensor.weight = next;
      tensor.gradient = tensor.weight + tensor.size + kGap;
      tensor.momentum = next + 2 * (tensor.size + kGap);
      next = tensor.momentum + tensor.size + kGap;
    }
    return MakeSgdCuda(tensors, device()).value();
  }

  double SquaresHere() {
    double squares = 0;
    for (const SgdTensor<float>& tensor : TensorsHere()) {
      squares += GradientSquaresReference<float>(tensor);
    }
    return squares;
  }

  void CheckUpdates(const SgdStep& step) {
    for (Arrays& arrays : here_) {
      if (!arrays.weight.empty()) arrays.weight[0] = 0;  // the kink of L1
    }
    const auto kernel = MakeKernel();
    for (int i = 0; i < 2; ++i) {
      kernel->Update(step);
      for (const SgdTensor<float>& tensor : TensorsHere()) {
        SgdUpdateReference<float>(step, tensor);
      }
    }
    const std::vector<float> actual = all_there_->ToVector();
    const std::vector<float> expected = AllHere();
    ASSERT_EQ(actual.size(), expected.size());
    for (size_t i = 0; i < actual.size(); ++i) {
      if (expected[i] == kUntouched) {
        EXPECT_EQ(actual[i], kUntouched) << i;
      } else {
        EXPECT_NEAR(actual[i], expected[i], 2e-5) << i;
      }
    }
  }

  std::vector<Arrays> here_;
  std::optional<DeviceTensor> all_there_;
};

TEST_P(SgdCudaTest, UpdateEqualsReference) {
  for (const WeightDecay decay : {WeightDecay::kL2, WeightDecay::kL1}) {
    for (const bool nesterov : {false, true}) {
      CheckUpdates(MakeStep(decay, nesterov));
    }
  }
}

// More pieces than blocks that fit.
TEST_P(SgdCudaTest, ManySmallParameters) {
  here_.assign(100, Arrays(3));
  EXPECT_NEAR(MakeKernel()->GradientSquares(), SquaresHere(),
              1e-12 * SquaresHere());
  CheckUpdates(MakeStep(WeightDecay::kL2, false));
}

TEST_P(SgdCudaTest, GradientSquares) {
  const auto kernel = MakeKernel();
  const double squares = kernel->GradientSquares();
  EXPECT_NEAR(squares, SquaresHere(), 1e-12 * SquaresHere());
  const cuda_sim::ScopedOptions forward_order{cuda_sim::Options()};
  EXPECT_EQ(kernel->GradientSquares(), squares);
}

// Wherever it stands; the largest floats are finite, and so is their sum.
TEST_P(SgdCudaTest, SquaresAreFiniteAsLongAsGradientsAre) {
  const float largest = std::numeric_limits<float>::max();
  here_.back().gradient.assign(here_.back().gradient.size(), largest);
  EXPECT_TRUE(std::isfinite(MakeKernel()->GradientSquares()));
  for (const float bad : {kInfinity, -kInfinity, kNan}) {
    here_.back().gradient.back() = bad;
    EXPECT_FALSE(std::isfinite(MakeKernel()->GradientSquares())) << bad;
  }
}

TEST_P(SgdCudaTest, NoParameters) {
  const auto kernel = MakeSgdCuda({}, device()).value();
  EXPECT_EQ(kernel->GradientSquares(), 0);
  kernel->Update(MakeStep(WeightDecay::kL2, true));
}

INSTANTIATE_TEST_SUITE_P(Orders, SgdCudaTest, CudaOrders());

}  // namespace
}  // namespace tamp
