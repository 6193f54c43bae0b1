// Right uses of the runtime pass, and what it knows of the program is so.

#include "tests/cuda_judge/runtime/judge.h"

#include <cuda_runtime_api.h>

#include <cstdint>
#include <vector>

#include "core/cuda/launch.h"
#include "core/cuda/queue.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/cuda_judge/judged_work.h"
#include "tests/cuda_judge/runtime/gpu.h"
#include "tests/cuda_judge/seeded_kernels.h"

namespace tamp {
namespace cuda_judge {
namespace {

using testing::AnyOf;
using testing::Contains;
using testing::Each;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

TEST(JudgeTest, RightUsesPass) {
  std::vector<char> host(kBytes);
  Work work;
  CudaQueue queue = work.MakeQueue();
  EXPECT_EQ(cudaMemsetAsync(work.y, 0, kBytes, work.stream()), cudaSuccess);
  EXPECT_EQ(cudaMemcpyAsync(work.x, host.data(), kBytes, cudaMemcpyHostToDevice,
                            work.stream()),
            cudaSuccess);
  LaunchCopy(queue, GridSize(dim3(1 << 20, 65535), 1024), work.x, work.y);
  LaunchGreedy(queue, GridSize(1, 512), work.x);
  LaunchSpilling(queue, GridSize(1, 1024), work.x);
  LaunchBounded(queue, GridSize(1, kBoundThreads, 44 << 10), work.x);
  EXPECT_EQ(AllowDynamicShared(200 << 10), cudaSuccess);
  EXPECT_THAT(KernelsNeverLaunched(), IsEmpty());
  LaunchBounded(queue, GridSize(1, kBoundThreads, 200 << 10), work.x);
  EXPECT_EQ(queue.failure(), "");
  EXPECT_THAT(TakeFindings(), IsEmpty());
  EXPECT_FALSE(LoadedOtherRuntime());
}

TEST(JudgeTest, KnowsWhatWasNeverLaunched) {
  Work work;
  EXPECT_EQ(KernelsNeverLaunched().size(), 4u);
  CudaQueue queue = work.MakeQueue();
  LaunchCopy(queue, GridSize(1, 32), work.x, work.y);
  EXPECT_THAT(KernelsNeverLaunched(),
              UnorderedElementsAre(HasSubstr("Bounded"), HasSubstr("Greedy"),
                                   HasSubstr("Spilling")));
  // A launch that is refused does not count.
  LaunchGreedy(queue, GridSize(1, 2048), work.x);
  EXPECT_THAT(KernelsNeverLaunched(), Contains(HasSubstr("Greedy")));
  TakeFindings();
}

TEST(JudgeTest, KnowsWhatSpills) {
  EXPECT_THAT(KernelsWithLocalMemory(), Contains(HasSubstr("::Spilling: ")));
  EXPECT_THAT(KernelsWithLocalMemory(), Each(HasSubstr("::Spilling: ")));
}

TEST(JudgeTest, KnowsWhatHasNoLaunchBounds) {
  EXPECT_THAT(KernelsWithoutLaunchBounds(),
              Contains(HasSubstr("::CopyFloats on sm_")));
  EXPECT_THAT(KernelsWithoutLaunchBounds(),
              Each(AnyOf(HasSubstr("CopyFloats"), HasSubstr("Greedy"))));
}

TEST(JudgeTest, KnowsForWhatThereIsCode) {
  EXPECT_TRUE(HasCodeFor(kH100));
  EXPECT_FALSE(HasCodeFor(kV100));
}

TEST(JudgeDeathTest, LaunchesAllGoThroughOneFunction) {
  EXPECT_DEATH(LaunchPlainly(nullptr, nullptr), "not with LaunchKernel");
}

// Whatever a gap of a structure holds.
TEST(JudgeTest, TakesNoSmallNumberForAPointer) {
  Work work;
  CudaQueue queue = work.MakeQueue();
  const auto half = reinterpret_cast<uintptr_t>(work.x) >> 32 << 32;
  for (const uintptr_t number : {0, 1, 12, 1 << 20}) {
    LaunchCopy(queue, GridSize(1, 32), work.x,
               reinterpret_cast<float*>(half + number));
  }
  EXPECT_THAT(TakeFindings(), IsEmpty());
}

}  // namespace
}  // namespace cuda_judge
}  // namespace tamp
