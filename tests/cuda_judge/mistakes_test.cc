// Each wrong use of the runtime is found, and answered as CUDA answers it.

#include <cuda_runtime_api.h>

#include <ostream>
#include <string>

#include "core/cuda/launch.h"
#include "core/cuda/queue.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/cuda_judge/judged_work.h"
#include "tests/cuda_judge/runtime/gpu.h"
#include "tests/cuda_judge/runtime/judge.h"
#include "tests/cuda_judge/seeded_kernels.h"

namespace tamp {
namespace cuda_judge {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr auto kUpload = cudaMemcpyHostToDevice;

// A mistake: what of the finding, and what CUDA answers. Those of launches are
// made on the queue, which notes that something was wrong.
struct LaunchMistake {
  const char* name;
  const char* finding;
  void (*make)(CudaQueue&, Work&);
};

void PrintTo(const LaunchMistake& mistake, std::ostream* out) {
  *out << mistake.name;
}

const LaunchMistake kLaunchMistakes[] = {
    {"NoBlocks", "a grid of 0 x 1 x 1 blocks",
     [](CudaQueue& queue, Work& work) {
       LaunchCopy(queue, GridSize(0, 32), work.x, work.y);
     }},
    {"TooManyBlocks", "a grid of 1 x 70000 x 1 blocks",
     [](CudaQueue& queue, Work& work) {
       LaunchCopy(queue, GridSize(dim3(1, 70000), 32), work.x, work.y);
     }},
    {"BlockTooLarge", "a block of 64 x 32 x 1 threads",
     [](CudaQueue& queue, Work& work) {
       LaunchCopy(queue, GridSize(1, dim3(64, 32)), work.x, work.y);
     }},
    {"BlockTooDeep", "a block of 1 x 1 x 128 threads",
     [](CudaQueue& queue, Work& work) {
       LaunchCopy(queue, GridSize(1, dim3(1, 1, 128)), work.x, work.y);
     }},
    {"MoreThanLaunchBounds", "256 threads, where launch bounds allow 128",
     [](CudaQueue& queue, Work& work) {
       LaunchBounded(queue, GridSize(1, 256), work.x);
     }},
    {"TooManyRegisters", "1024 threads of",
     [](CudaQueue& queue, Work& work) {
       LaunchGreedy(queue, GridSize(1, 1024), work.x);
     }},
    {"TooMuchSharedMemory", "where 49152 are allowed",
     [](CudaQueue& queue, Work& work) {
       LaunchBounded(queue, GridSize(1, 128, 46 << 10), work.x);
     }},
    {"MoreSharedMemoryThanAsked", "where 104000 are allowed",
     [](CudaQueue& queue, Work& work) {
       AllowDynamicShared(100000);
       LaunchBounded(queue, GridSize(1, 128, 100001), work.x);
     }},
    {"FreedBuffer", "parameter 0 points to memory that is freed",
     [](CudaQueue& queue, Work& work) {
       cudaFree(work.x);
       LaunchCopy(queue, GridSize(1, 32), work.x, work.y);
       work.x = nullptr;
     }},
    {"BehindABuffer", "parameter 1 points to bytes 4096 to 4097 of a block",
     [](CudaQueue& queue, Work& work) {
       LaunchCopy(queue, GridSize(1, 32), work.x, work.y + kBytes / 4);
     }},
    {"DestroyedStream", "not a stream",
     [](CudaQueue&, Work& work) {
       cudaStream_t stream = nullptr;
       cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking);
       CudaQueue queue(stream, 132, nullptr);
       cudaStreamDestroy(stream);
       LaunchCopy(queue, GridSize(1, 32), work.x, work.y);
     }},
    {"DefaultStream", "the default stream", [](CudaQueue&, Work& work) {
       CudaQueue queue(nullptr, 132, nullptr);
       LaunchCopy(queue, GridSize(1, 32), work.x, work.y);
     }}};

class LaunchMistakeTest : public testing::TestWithParam<LaunchMistake> {};

TEST_P(LaunchMistakeTest, IsFound) {
  Work work;
  CudaQueue queue = work.MakeQueue();
  GetParam().make(queue, work);
  EXPECT_THAT(TakeFindings(), ElementsAre(HasSubstr(GetParam().finding)));
}

INSTANTIATE_TEST_SUITE_P(All, LaunchMistakeTest,
                         testing::ValuesIn(kLaunchMistakes),
                         [](const auto& info) {
                           return std::string(info.param.name);
                         });

TEST(MistakesTest, NotesFailedLaunchesInTheQueue) {
  Work work;
  CudaQueue queue = work.MakeQueue();
  LaunchCopy(queue, GridSize(0, 32), work.x, work.y);
  EXPECT_THAT(queue.failure(), HasSubstr("launch of a kernel"));
  TakeFindings();
}

// What only calls of the runtime get wrong.
struct CallMistake {
  const char* name;
  const char* finding;
  cudaError_t answer;
  cudaError_t (*make)(Work&);
};

void PrintTo(const CallMistake& mistake, std::ostream* out) {
  *out << mistake.name;
}

char host_bytes[2 * kBytes];

const CallMistake kCallMistakes[] = {
    {"CopyTooLong", "copy to bytes 0 to 8192 of a block of 4096",
     cudaErrorInvalidValue,
     [](Work& work) {
       return cudaMemcpyAsync(work.x, host_bytes, 2 * kBytes, kUpload,
                              work.stream());
     }},
    {"CopyFromBehind", "copy from bytes 4 to 4100 of a block of 4096",
     cudaErrorInvalidValue,
     [](Work& work) {
       return cudaMemcpyAsync(host_bytes, work.x + 1, kBytes,
                              cudaMemcpyDeviceToHost, work.stream());
     }},
    {"CopyInTheWrongDirection", "copy from not the GPU's memory",
     cudaErrorInvalidValue,
     [](Work& work) {
       return cudaMemcpyAsync(work.x, host_bytes, kBytes,
                              cudaMemcpyDeviceToDevice, work.stream());
     }},
    {"CopyToWhatIsNotTheHosts", "copy to the host, which is the GPU's memory",
     cudaErrorInvalidValue,
     [](Work& work) {
       return cudaMemcpyAsync(work.x, work.y, kBytes, cudaMemcpyDeviceToHost,
                              work.stream());
     }},
    {"FillTooLong", "fill of bytes 0 to 4097 of a block", cudaErrorInvalidValue,
     [](Work& work) {
       return cudaMemsetAsync(work.x, 0, kBytes + 1, work.stream());
     }},
    {"FreedTwice", "or was freed", cudaErrorInvalidValue,
     [](Work& work) {
       float* block = work.x;
       work.x = nullptr;
       cudaFree(block);
       return cudaFree(block);
     }},
    {"FreedInTheMiddle", "not a block", cudaErrorInvalidValue,
     [](Work& work) { return cudaFree(work.x + 1); }},
    {"TooMuchMemory", "no memory for 85899345920 bytes",
     cudaErrorMemoryAllocation,
     [](Work&) {
       void* memory = nullptr;
       return cudaMalloc(&memory, size_t{80} << 30);
     }},
    {"MoreSharedMemoryThanThereIs", "where H100 has 232448",
     cudaErrorInvalidValue, [](Work&) { return AllowDynamicShared(230000); }},
    {"EventThatWasDestroyed", "not an event", cudaErrorInvalidResourceHandle,
     [](Work& work) {
       cudaEvent_t event = nullptr;
       cudaEventCreateWithFlags(&event, cudaEventDisableTiming);
       cudaEventDestroy(event);
       return cudaEventRecord(event, work.stream());
     }},
    {"NoKernel", "what is not a kernel", cudaErrorInvalidDeviceFunction,
     [](Work& work) {
       cudaLaunchConfig_t config = {};
       config.stream = work.stream();
       return cudaLaunchKernelExC(&config, host_bytes, nullptr);
     }}};

class CallMistakeTest : public testing::TestWithParam<CallMistake> {};

TEST_P(CallMistakeTest, IsFoundAndAnswered) {
  Work work;
  EXPECT_EQ(GetParam().make(work), GetParam().answer);
  EXPECT_THAT(TakeFindings(), ElementsAre(HasSubstr(GetParam().finding)));
}

INSTANTIATE_TEST_SUITE_P(All, CallMistakeTest, testing::ValuesIn(kCallMistakes),
                         [](const auto& info) {
                           return std::string(info.param.name);
                         });

TEST(MistakesTest, FindsThatAnArchitectureIsMissing) {
  Work work(kV100);
  CudaQueue queue = work.MakeQueue();
  LaunchCopy(queue, GridSize(1, 32), work.x, work.y);
  EXPECT_THAT(TakeFindings(), ElementsAre(HasSubstr("no code for V100")));
}

}  // namespace
}  // namespace cuda_judge
}  // namespace tamp
