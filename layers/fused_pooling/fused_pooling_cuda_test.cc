#include "layers/fused_pooling/fused_pooling_cuda.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

#include "core/device/device.h"
#include "core/rng.h"
#include "gtest/gtest.h"
#include "kernels/grad_mode.h"
#include "layers/fused_pooling/fused_pooling_kernel.h"
#include "layers/fused_pooling/fused_pooling_reference.h"
#include "layers/fused_pooling/fused_pooling_test_cases.h"
#include "layers/fused_pooling/fused_pooling_test_problem.h"
#include "tests/util/devices/cuda_kernel_test.h"
#include "tests/util/devices/device_mirror.h"
#include "tests/util/devices/device_workspace.h"
#include "tests/util/test_maps.h"

namespace tamp {
namespace {

// A problem's memory, copied to a device and back around one run of a kernel.
void RunForward(FusedPoolingKernel* kernel, Device* device,
                FusedPoolingProblem<float>* problem) {
  DeviceMirror mirror(device);
  problem->ForEachArray([&](std::vector<float>* array) { mirror.Add(array); });
  DeviceWorkspace workspace(kernel->forward_workspace_bytes(), device);
  auto args = problem->forward_args(workspace.data());
  args.x = mirror.At(args.x);
  args.norm = mirror.At(args.norm);
  args.y = mirror.At(args.y);
  args.statistics = mirror.At(args.statistics);
  kernel->Forward(args);
  mirror.CopyBack();
  EXPECT_TRUE(workspace.BoundsAreRespected());
}

void RunBackward(FusedPoolingKernel* kernel, Device* device,
                 FusedPoolingProblem<float>* problem) {
  DeviceMirror mirror(device);
  problem->ForEachArray([&](std::vector<float>* array) { mirror.Add(array); });
  DeviceWorkspace workspace(kernel->backward_workspace_bytes(), device);
  auto args = problem->backward_args(workspace.data());
  args.x = mirror.At(args.x);
  args.norm = mirror.At(args.norm);
  args.y = mirror.At(args.y);
  args.g = mirror.At(args.g);
  args.finishing = mirror.At(args.finishing);
  args.dx = mirror.At(args.dx);
  kernel->Backward(args);
  mirror.CopyBack();
  EXPECT_TRUE(workspace.BoundsAreRespected());
}

class FusedPoolingCudaTest : public CudaKernelTest {
 protected:
  void Check(const Case& c) {
    SCOPED_TRACE(Describe(c));
    const auto kernel = MakeFusedPoolingCuda(c.options, queue());
    FusedPoolingProblem<float> actual(c.options, c.layout);
    FusedPoolingProblem<float> expected(c.options, c.layout);
    c.SetUpForward(&actual);
    c.SetUpForward(&expected);
    RunForward(kernel.get(), &device(), &actual);
    FusedPoolingForwardReference(c.options, expected.forward_args());
    ExpectForwardEqual(&actual, &expected);

    actual.y.tensor().FromVector(expected.y.tensor().ToVector());
    actual.overwrites_x = c.overwrites_x;
    c.SetUpBackward(&actual);
    c.SetUpBackward(&expected);
    RunBackward(kernel.get(), &device(), &actual);
    FusedPoolingBackwardReference(c.options, expected.backward_args());
    ExpectBackwardEqual(&actual, &expected);
  }
};

TEST_P(FusedPoolingCudaTest, EqualsReferenceInRandomCases) {
  for (uint64_t seed = 0; seed < 6; ++seed) Check(RandomCase(seed));
}

TEST_P(FusedPoolingCudaTest, EqualsReferenceForUsualWindows) {
  for (const int64_t kernel : {2, 3}) {
    for (const int64_t stride : {1, 2}) {
      for (const int64_t pad : {0, 1}) {
        for (const bool round_up : {false, true}) {
          Check({MaxOptions(2, 3, {7, kernel, pad, stride, round_up},
                            {32, kernel, pad, stride, round_up}),
                 MapOrder::kPadded, GradMode::kAdd});
        }
      }
    }
  }
}

TEST_P(FusedPoolingCudaTest, EqualsReferenceOnTinyMaps) {
  for (const int64_t extent : {1, 2, 3}) {
    const PoolingAxis tall = {17, 3, 1, 2}, tiny = {extent, 3, 2, 2};
    Check({MaxOptions(2, 2, tall, tiny), MapOrder::kPadded});
    Check({MaxOptions(2, 2, tiny, tall), MapOrder::kPadded});
    Check({AverageOptions(2, 2, extent, 1), MapOrder::kPadded});
  }
  Check({MaxOptions(1, 1, {1, 1}, {1, 1})});
  Check({AverageOptions(1, 37, 7, 7), MapOrder::kPadded});
}

// Windows that reach far beyond the map, and the whole map as a window: more
// taps than a byte counts.
TEST_P(FusedPoolingCudaTest, EqualsReferenceForHugeWindows) {
  Check({MaxOptions(1, 2, {3, 20, 19, 7}, {4, 40, 39, 3})});
  Check({MaxOptions(3, 2, {7, 7}, {19, 19})});
  Check({MaxOptions(3, 2, {15, 15}, {17, 17})});  // of 255 taps
  Check({MaxOptions(2, 2, {16, 16}, {17, 16})});
}

// Channels that several blocks share.
TEST_P(FusedPoolingCudaTest, EqualsReferenceOnLargeMaps) {
  Check({MaxOptions(2, 1, {93, 3, 1, 2, false}, {94, 3, 1, 2, false}),
         MapOrder::kAdjoined});
  Check({AverageOptions(2, 1, 93, 94), MapOrder::kPadded});
}

TEST_P(FusedPoolingCudaTest, FinishesOverTheInput) {
  Case stem = {MaxOptions(3, 5, {57, 3, 1, 2, false}, {40, 3, 1, 2, false})};
  Case head = {AverageOptions(4, 5, 7, 7)};
  for (Case* c : {&stem, &head}) {
    c->options.finishes_input = true;
    c->overwrites_x = true;
    for (const MapOrder layout :
         {MapOrder::kDense, MapOrder::kPadded, MapOrder::kAdjoined}) {
      c->layout = layout;
      Check(*c);
    }
  }
}

// Nobody may want a gradient.
TEST_P(FusedPoolingCudaTest, EqualsReferenceWithoutWishes) {
  Case c = {MaxOptions(2, 3, {9, 3, 1, 2}, {11, 3, 1, 2}), MapOrder::kPadded,
            GradMode::kSkip};
  Check(c);
  c.dgamma_mode = c.dbeta_mode = c.statistics_grad_mode = GradMode::kSkip;
  Check(c);
}

// Values around 10000 with a deviation below 1: sums of squares of floats would
// leave nothing of the variance.
TEST_P(FusedPoolingCudaTest, StatisticsSurviveLargeMean) {
  const FusedPoolingOptions options =
      MaxOptions(5, 1, {46, 3, 1, 2}, {58, 3, 1, 2});
  FusedPoolingProblem<float> problem(options, MapOrder::kPadded);
  RandomStream random(5);
  problem.x.tensor().FillRandom(&random, 10000, 10001);
  PassThrough(&problem);
  RunForward(MakeFusedPoolingCuda(options, queue()).get(), &device(), &problem);
  const std::vector<float> statistics = problem.y_statistics;
  FusedPoolingForwardReference(options, problem.forward_args());
  const std::vector<float>& expected = problem.y_statistics;
  EXPECT_NEAR(statistics[0], expected[0], 1e-3);
  EXPECT_NEAR(statistics[1], expected[1], 1e-4 * expected[1]);
}

TEST_P(FusedPoolingCudaTest, NanWins) {
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  for (int place = 0; place < 3; ++place) {
    for (const FusedPoolingOptions& options :
         {MaxOptions(1, 1, {1, 1}, {3, 3, 1, 2}), AverageOptions(1, 1, 1, 3)}) {
      FusedPoolingProblem<float> problem(options, MapOrder::kDense);
      std::vector<float> x(3, kInfinity);
      x[place] = kNan;
      problem.x.tensor().FromVector(x);
      PassThrough(&problem);
      RunForward(MakeFusedPoolingCuda(options, queue()).get(), &device(),
                 &problem);
      const std::vector<float> y = problem.y.tensor().ToVector();
      // Windows are {0 1} and {1 2}, or {0 1 2}.
      EXPECT_EQ(std::isnan(y[0]), place < 2 || y.size() == 1);
      EXPECT_EQ(std::isnan(y.back()), place > 0 || y.size() == 1);
    }
  }
}

TEST_P(FusedPoolingCudaTest, SameBitsInEveryOrder) {
  FusedPoolingOptions finishing =
      MaxOptions(3, 7, {53, 3, 1, 2}, {62, 3, 1, 2});
  finishing.finishes_input = true;
  for (const FusedPoolingOptions& options :
       {finishing, AverageOptions(5, 70, 7, 7)}) {
    const auto kernel = MakeFusedPoolingCuda(options, queue());
    FusedPoolingProblem<float> here(options, MapOrder::kPadded);
    FusedPoolingProblem<float> forward(options, MapOrder::kPadded);
    RunForward(kernel.get(), &device(), &here);
    RunBackward(kernel.get(), &device(), &here);
    const cuda_sim::ScopedOptions in_forward_order({});
    RunForward(kernel.get(), &device(), &forward);
    RunBackward(kernel.get(), &device(), &forward);
    EXPECT_EQ(here.terms, forward.terms);
    EXPECT_EQ(here.running_variance, forward.running_variance);
    EXPECT_EQ(here.y_statistics, forward.y_statistics);
    EXPECT_EQ(here.dgamma, forward.dgamma);
    EXPECT_EQ(here.dbeta, forward.dbeta);
    EXPECT_EQ(here.statistics_grad, forward.statistics_grad);
    EXPECT_EQ(here.y.tensor().ToVector(), forward.y.tensor().ToVector());
    EXPECT_EQ(here.dx.tensor().ToVector(), forward.dx.tensor().ToVector());
  }
}

INSTANTIATE_TEST_SUITE_P(Orders, FusedPoolingCudaTest, CudaOrders());

}  // namespace
}  // namespace tamp
