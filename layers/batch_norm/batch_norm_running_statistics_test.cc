// Running statistics over three batches, worked out by hand as Caffe keeps
// them: sums S = f * S + batch and their weight s = f * s + 1; a net for
// testing normalizes with S / s. Two channels of two values each:
//
//   batch            channel 0              channel 1
//   1      3, 5      mean 4, variance 2     0, 0     mean 0,  variance 0
//   2      -1, 3     mean 1, variance 8     10, 10   mean 10, variance 0
//   3      5, 11     mean 8, variance 18    -2, 2    mean 0,  variance 8
//
// (the variances are unbiased).

#include <cmath>
#include <vector>

#include "core/check.h"
#include "core/cpu/cpu_device.h"
#include "gtest/gtest.h"
#include "layers/batch_norm/batch_norm_cpu.h"
#include "layers/batch_norm/batch_norm_kernel.h"
#include "layers/batch_norm/batch_norm_reference.h"
#include "proto/layer.pb.h"
#include "tests/util/devices/available_devices.h"
#include "tests/util/layer_runner.h"
#include "tests/util/test_tensor.h"

namespace tamp {
namespace {

// One batch, channels side by side.
const std::vector<std::vector<float>> kBatches = {
    {3, 0, 5, 0}, {-1, 10, 3, 10}, {5, -2, 11, 2}};

struct Expected {
  double weight;
  double mean[2], variance[2];
};

struct Golden {
  float fraction;
  Expected after[3];
};

const Golden kGolden[] = {
    // s = 1, 1.5, 1.75; S of the means 4, 3, 9.5 and 0, 10, 5, of the variances
    // 2, 9, 22.5 and 0, 0, 8.
    {0.5f,
     {{1, {4, 0}, {2, 0}},
      {1.5, {2, 20 / 3.0}, {6, 0}},
      {1.75, {38 / 7.0, 20 / 7.0}, {90 / 7.0, 32 / 7.0}}}},
    // s = 1, 1.999, 2.997001; S of the means 4, 4.996, 12.991004 and 0, 10,
    // 9.99, of the variances 2, 9.998, 27.988002 and 0, 0, 8.
    {0.999f,
     {{1, {4, 0}, {2, 0}},
      {1.999, {4.996 / 1.999, 10 / 1.999}, {9.998 / 1.999, 0}},
      {2.997001,
       {12.991004 / 2.997001, 9.99 / 2.997001},
       {27.988002 / 2.997001, 8 / 2.997001}}}}};

// Running statistics as a layer starts them.
struct Running {
  std::vector<float> mean = {0, 0}, variance = {1, 1}, weight = {0};

  void ExpectNear(const Expected& expected) const {
    EXPECT_FLOAT_EQ(weight[0], expected.weight);
    for (int c = 0; c < 2; ++c) {
      EXPECT_NEAR(mean[c], expected.mean[c], 2e-5);
      EXPECT_NEAR(variance[c], expected.variance[c], 2e-5);
    }
  }
};

template <typename Forward>
void CheckKernel(const Golden& golden, Forward forward) {
  const BatchNormOptions options = {2, 2, 1, 1e-5f, golden.fraction};
  Running running;
  TestTensor<float> x({2, 2, 1}), y({2, 2, 1});
  std::vector<float> mean(2), inv_std(2);
  BatchNormForwardArgs<float> args;
  args.x = x.strided();
  args.running_mean = running.mean.data();
  args.running_variance = running.variance.data();
  args.running_weight = running.weight.data();
  args.mean = mean.data();
  args.inv_std = inv_std.data();
  args.y = y.strided();
  for (int batch = 0; batch < 3; ++batch) {
    SCOPED_TRACE(batch);
    x.FromVector(kBatches[batch]);
    for (const bool again : {false, true}) {
      args.is_recomputation = again;
      forward(options, args);
      running.ExpectNear(golden.after[batch]);
    }
  }
}

TEST(BatchNormRunningStatisticsTest, ReferenceIsCaffes) {
  for (const Golden& golden : kGolden) {
    CheckKernel(golden, BatchNormForwardReference<float>);
  }
}

TEST(BatchNormRunningStatisticsTest, KernelIsCaffes) {
  for (const int threads : {1, 3}) {
    CpuDevice device(threads);
    for (const Golden& golden : kGolden) {
      CheckKernel(golden, [&](const BatchNormOptions& options,
                              const BatchNormForwardArgs<float>& args) {
        MakeBatchNormCpu(options, device).value()->Forward(args);
      });
    }
  }
}

// A layer of a net, on parameters that nets for training and testing share.
class LayerOf {
 public:
  LayerOf(const AvailableDevice& device, const BatchNormParameter& options,
          Phase phase)
      : runner_(device, ParameterOf(options), {{2, 2}}, InPhase(phase)) {
    CHECK(runner_.status().ok()) << runner_.status();
  }

  // Returns y.
  std::vector<float> Forward(const std::vector<float>& batch,
                             Running* running) {
    const std::vector<std::vector<float>*> statistics = {
        &running->mean, &running->variance, &running->weight};
    const size_t num_kept = runner_.plan().parameters.size();
    runner_.input(0).FromVector(batch);
    for (size_t i = 0; i < num_kept; ++i) {
      runner_.parameter(i).FromVector(*statistics[i]);
    }
    runner_.Forward();
    for (size_t i = 0; i < num_kept; ++i) {
      *statistics[i] = runner_.parameter(i).ToVector();
    }
    return runner_.output(0).ToVector();
  }

 private:
  static LayerParameter ParameterOf(const BatchNormParameter& options) {
    LayerParameter parameter;
    parameter.set_name("bn");
    parameter.set_type("BatchNorm");
    parameter.add_bottom("x");
    parameter.add_top("y");
    *parameter.mutable_batch_norm_param() = options;
    return parameter;
  }
  static LayerRunner::Options InPhase(Phase phase) {
    LayerRunner::Options options;
    options.phase = phase;
    return options;
  }

  LayerRunner runner_;
};

class BatchNormStatisticsOfNetsTest
    : public testing::TestWithParam<AvailableDevice> {};
INSTANTIATE_TEST_SUITE_P(Devices, BatchNormStatisticsOfNetsTest,
                         testing::ValuesIn(AvailableDevices()), DeviceName());

// The layer as Caffe's files have it: the fraction alone.
TEST_P(BatchNormStatisticsOfNetsTest, InCaffesFormTestWithCaffesNumbers) {
  for (const Golden& golden : kGolden) {
    BatchNormParameter options;
    options.set_moving_average_fraction(golden.fraction);
    LayerOf train(GetParam(), options, TRAIN);
    LayerOf test(GetParam(), options, TEST);
    Running running;
    for (int batch = 0; batch < 3; ++batch) {
      const Expected& expected = golden.after[batch];
      train.Forward(kBatches[batch], &running);
      running.ExpectNear(expected);
      const std::vector<float> y = test.Forward({7, 0, 0, -6}, &running);
      running.ExpectNear(expected);
      EXPECT_NEAR(y[0],
                  (7 - expected.mean[0]) /
                      std::sqrt(expected.variance[0] + options.eps()),
                  1e-5);
    }
  }
}

// With scale_bias, or where the file asks for it, PyTorch's: f = 0.5 from mean
// 0 and variance 1.
TEST_P(BatchNormStatisticsOfNetsTest, MovingAverageWhereTheFileAsks) {
  BatchNormParameter options;
  options.set_moving_average_fraction(0.5);
  options.set_running_statistics(BatchNormParameter::MOVING_AVERAGE);
  LayerOf train(GetParam(), options, TRAIN);
  Running running;
  for (const std::vector<float>& batch : kBatches) {
    train.Forward(batch, &running);
  }
  EXPECT_EQ(running.mean, (std::vector<float>{4.75, 2.5}));
  EXPECT_EQ(running.variance, (std::vector<float>{11.375, 4.125}));
  EXPECT_EQ(running.weight, (std::vector<float>{0})) << "is not its own";
}

}  // namespace
}  // namespace tamp
