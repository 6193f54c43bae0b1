// Launches every kernel, at the sizes of our largest nets, for GPUs that are
// only described: what was compiled for them must bear each launch.

#include <ostream>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "layers/cuda_layers.h"
#include "tests/cuda_judge/launches/judged_gpu.h"
#include "tests/cuda_judge/launches/rooms.h"
#include "tests/cuda_judge/runtime/gpu.h"
#include "tests/cuda_judge/runtime/judge.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace cuda_judge {

void PrintTo(const Gpu& gpu, std::ostream* out) { *out << gpu.name; }

namespace {

using testing::IsEmpty;
using testing::Not;

using LaunchRoom = void (*)(JudgedGpu&);
constexpr LaunchRoom kRooms[] = {LaunchFill,
                                 LaunchCopies,
                                 LaunchActivations,
                                 LaunchPrelu,
                                 LaunchDropout,
                                 LaunchEltwise,
                                 LaunchBatchNorm,
                                 LaunchBatchNormApply,
                                 LaunchBatchNormStatistics,
                                 LaunchScale,
                                 LaunchBias,
                                 LaunchPooling,
                                 LaunchFusedPooling,
                                 LaunchLrn,
                                 LaunchConvolution,
                                 LaunchFusedConvolution,
                                 LaunchInnerProduct,
                                 LaunchSoftmax,
                                 LaunchSoftmaxLoss,
                                 LaunchAccuracy,
                                 LaunchSgd};

class LaunchesTest : public testing::TestWithParam<Gpu> {};

TEST_P(LaunchesTest, AllKernelsFit) {
  if (!HasCodeFor(GetParam())) {
    GTEST_SKIP() << "this build has no code for " << GetParam().name;
  }
  {
    JudgedGpu gpu(GetParam());
    for (const LaunchRoom launch : kRooms) launch(gpu);
    EXPECT_OK(gpu.device().Synchronize());
  }
  EXPECT_THAT(TakeFindings(), IsEmpty());
  EXPECT_THAT(KernelsNeverLaunched(), IsEmpty())
      << "a kernel in the program is launched by none of the rooms: see "
         "rooms.h";
}

INSTANTIATE_TEST_SUITE_P(Gpus, LaunchesTest, testing::Values(kH100, kA100),
                         [](const auto& info) {
                           return std::string(info.param.name);
                         });

// Whatever a program links: the table names the makers of all layers.
TEST(KernelsTest, AreThoseOfTheBackend) {
  EXPECT_THAT(CudaLayers(), Not(IsEmpty()));
}

TEST(KernelsTest, NoneSpills) {
  EXPECT_THAT(KernelsWithLocalMemory(), IsEmpty());
}

TEST(KernelsTest, AllHaveLaunchBounds) {
  EXPECT_THAT(KernelsWithoutLaunchBounds(), IsEmpty());
}

TEST(KernelsTest, AreJudgedByOurRuntime) {
  EXPECT_FALSE(LoadedOtherRuntime())
      << "the judge lacks a function of CUDA's runtime that somebody calls";
}

}  // namespace
}  // namespace cuda_judge
}  // namespace tamp
