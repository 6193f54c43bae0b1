#include <cmath>
#include <cstdint>
#include <vector>

#include "core/cuda/queue.h"
#include "core/rng.h"
#include "core/shape.h"
#include "gtest/gtest.h"
#include "kernels/cuda/sums/sums_test_kernels.h"
#include "kernels/extents.h"
#include "tests/util/devices/cuda_kernel_test.h"
#include "tests/util/devices/device_tensor.h"
#include "tests/util/test_tensor.h"

namespace tamp {
namespace {

class SumsTest : public CudaKernelTest {};

INSTANTIATE_TEST_SUITE_P(Orders, SumsTest, CudaOrders());

// Of integers: exact in any order.
TEST_P(SumsTest, OfBlocksReachEveryThread) {
  for (const int threads : {32, 96, 256}) {
    constexpr int kRows = 2;
    std::vector<float> x(kRows * threads);
    for (size_t i = 0; i < x.size(); ++i) x[i] = float(i * i % 11) - 3;
    DeviceTensor there = Array(x), sums = Array(4 * kRows * threads);
    LaunchBlockSums(queue(), kRows, threads, there.view().data,
                    sums.view().data);
    const std::vector<float> actual = sums.ToVector();
    for (int row = 0; row < kRows; ++row) {
      float sum = 0, squares = 0;
      for (int i = row * threads; i < (row + 1) * threads; ++i) {
        sum += x[i];
        squares += x[i] * x[i];
      }
      const std::vector<float> wanted = {sum, sum, squares, float(threads)};
      for (int i = row * threads; i < (row + 1) * threads; ++i) {
        ASSERT_EQ(std::vector<float>(&actual[4 * i], &actual[4 * i] + 4),
                  wanted)
            << "thread " << i << " of blocks of " << threads;
      }
    }
  }
}

Extents ExtentsOf(const Shape& shape) {
  return {shape.num(), shape.channels(), shape.spatial()};
}

struct Case {
  Shape shape;
  Padding padding;
  int64_t elements_of_part, parts;
};

// From one element up to more parts of a channel than a block has threads.
const std::vector<Case>& Cases() {
  static const auto* const cases = new std::vector<Case>{
      {{1, 1, 1}, {}, 4096, 1},          {{1, 1, 31}, {}, 4096, 1},
      {{3, 37, 7, 7}, {1, 5}, 4096, 1},  {{130, 3, 1}, {2, 3}, 4096, 1},
      {{1, 2, 4096}, {}, 4096, 1},       {{1, 2, 4097}, {3, 0}, 4096, 2},
      {{3, 2, 49, 49}, {0, 7}, 4096, 2}, {{9000, 1, 1}, {0, 1}, 4096, 3},
      {{5, 3, 45, 45}, {9, 0}, 160, 64}};
  return *cases;
}

void CheckChannelSums(const Case& c, CudaQueue* queue, DeviceTensor* there,
                      DeviceTensor* sums) {
  const Shape& shape = c.shape;
  EXPECT_EQ(PartsOfChannel(*queue, ExtentsOf(shape), c.elements_of_part),
            c.parts);
  TestTensor<float> x(shape);
  RandomStream random(3);
  x.FillRandom(&random);
  there->FromVector(x.ToVector());
  LaunchChannelSums(*queue, ExtentsOf(shape), c.elements_of_part,
                    there->view().strided(), sums->view().data);
  std::vector<float> read = x.ToVector();
  for (float& element : read) element += 1;
  EXPECT_EQ(there->ToVector(), read);
  EXPECT_TRUE(there->PaddingIsUntouched());
  const std::vector<float> actual = sums->ToVector();
  for (int64_t channel = 0; channel < shape.channels(); ++channel) {
    double sum = 0, squares = 0;
    for (int64_t n = 0; n < shape.num(); ++n) {
      for (int64_t s = 0; s < shape.spatial(); ++s) {
        const double element = x.at(n, channel)[s];
        sum += element;
        squares += element * element;
      }
    }
    EXPECT_NEAR(actual[2 * channel], sum,
                1e-6 * std::sqrt(squares) + 1e-7 * squares);
    EXPECT_NEAR(actual[2 * channel + 1], squares, 2e-7 * squares);
  }
}

TEST_P(SumsTest, OfChannelsReadEachElementOnce) {
  for (const Case& c : Cases()) {
    SCOPED_TRACE(c.shape.ToString());
    DeviceTensor there = Tensor(c.shape, c.padding);
    DeviceTensor sums = Array(2 * c.shape.channels());
    CheckChannelSums(c, &queue(), &there, &sums);
  }
}

// Mean and biased variance in two passes of doubles.
std::vector<double> MomentsOf(TestTensor<float>* x, int64_t c) {
  const Extents extents = ExtentsOf(x->shape());
  const double count = double(extents.num) * extents.spatial;
  double sum = 0, squares = 0;
  for (const bool second : {false, true}) {
    for (int64_t n = 0; n < extents.num; ++n) {
      for (int64_t s = 0; s < extents.spatial; ++s) {
        const double element = x->at(n, c)[s];
        if (!second) sum += element;
        if (second) squares += std::pow(element - sum / count, 2);
      }
    }
  }
  return {sum / count, squares / count};
}

// Random values around a mean, but for the first one.
struct Values {
  double mean, first;
};

void CheckChannelMoments(const Case& c, const Values& values, CudaQueue* queue,
                         DeviceTensor* there, DeviceTensor* moments) {
  TestTensor<float> x(c.shape);
  RandomStream random(4);
  x.FillRandom(&random, values.mean - 1, values.mean + 1);
  x.at(0, 0)[0] = static_cast<float>(values.first);
  there->FromVector(x.ToVector());
  LaunchChannelMoments(*queue, ExtentsOf(c.shape), c.elements_of_part,
                       there->view().strided(), moments->view().data);
  const std::vector<float> actual = moments->ToVector();
  for (int64_t channel = 0; channel < c.shape.channels(); ++channel) {
    const std::vector<double> wanted = MomentsOf(&x, channel);
    EXPECT_NEAR(actual[2 * channel], wanted[0],
                1e-7 * (std::fabs(wanted[0]) + std::sqrt(wanted[1])));
    EXPECT_NEAR(actual[2 * channel + 1], wanted[1],
                (values.first == values.mean ? 5e-7 : 5e-6) * wanted[1]);
  }
}

TEST_P(SumsTest, MomentsSurviveALargeMeanAndAnOutlier) {
  for (const Case& c : Cases()) {
    SCOPED_TRACE(c.shape.ToString());
    for (const Values& values : {Values{0, 0}, {1e4, 1e4}, {0, 300}}) {
      SCOPED_TRACE(values.mean);
      DeviceTensor there = Tensor(c.shape, c.padding);
      DeviceTensor moments = Array(2 * c.shape.channels());
      CheckChannelMoments(c, values, &queue(), &there, &moments);
    }
  }
}

TEST_P(SumsTest, SameBitsInEveryOrder) {
  const Shape shape = {4, 1, 60, 60};
  TestTensor<float> x(shape);
  RandomStream random(5);
  x.FillRandom(&random, 3, 7);
  std::vector<std::vector<float>> results;
  for (const cuda_sim::Options& order : {GetParam(), cuda_sim::Options()}) {
    const cuda_sim::ScopedOptions scoped(order);
    DeviceTensor there = Tensor(shape);
    there.FromVector(x.ToVector());
    DeviceTensor sums = Array(2), moments = Array(2);
    LaunchChannelMoments(queue(), ExtentsOf(shape), 4096,
                         there.view().strided(), moments.view().data);
    LaunchChannelSums(queue(), ExtentsOf(shape), 4096, there.view().strided(),
                      sums.view().data);
    results.push_back(sums.ToVector());
    results.push_back(moments.ToVector());
  }
  EXPECT_EQ(results[0], results[2]);
  EXPECT_EQ(results[1], results[3]);
}

TEST_P(SumsTest, PartsAreAllOfAChannelAndFitTheScratch) {
  for (const int64_t num : {1, 2, 64, 1000}) {
    for (const int64_t channels : {1, 3, 37, 1000, 4096, 4097, 100000}) {
      for (const int64_t spatial : {1, 7, 49, 4095, 112 * 112, 1 << 20}) {
        EXPECT_TRUE(CoversChannels(queue(), {num, channels, spatial}))
            << num << " x " << channels << " x " << spatial;
      }
    }
  }
}

}  // namespace
}  // namespace tamp
