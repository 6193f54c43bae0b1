#include <cuda_runtime.h>

#include <cstdint>
#include <cstring>
#include <vector>

#include "gtest/gtest.h"
#include "tests/cuda_sim/options.h"
#include "tests/cuda_sim/runtime/launch_kernel.h"
#include "tests/cuda_sim/runtime/simulated_devices.h"
#include "tests/cuda_sim/runtime/test_kernels.cuh"
#include "tests/cuda_sim/runtime/test_objects.h"

namespace tamp {
namespace cuda_sim {
namespace {

using Floats = std::vector<float>;

cudaLaunchConfig_t Config(dim3 blocks, dim3 threads, cudaStream_t stream) {
  cudaLaunchConfig_t config = {};
  config.gridDim = blocks;
  config.blockDim = threads;
  config.stream = stream;
  return config;
}

TEST(LaunchTest, KernelsRunInTheOrderOfTheirStream) {
  TestStream stream;
  TestFloats x(40), y(40);
  const cudaLaunchConfig_t config = Config(2, 32, stream);
  Upload(Floats(40, 1), x.data(), stream);
  // The arguments are converted: an int for a float, float* for const float*.
  EXPECT_EQ(cudaLaunchKernelEx(&config, AddNumber, x.data(), 2, y.data(), 40),
            cudaSuccess);
  EXPECT_EQ(cudaLaunchKernelEx(&config, Double, Span{39, y.data()}),
            cudaSuccess);
  Floats expected(40, 6);
  expected[39] = 3;
  EXPECT_EQ(Download(y.data(), 40, stream), expected);
}

TEST(LaunchTest, ArgumentsAreThoseOfTheLaunch) {
  TestStream stream;
  TestFloats x(1), y(1);
  const cudaLaunchConfig_t config = Config(1, 32, stream);
  Upload({1}, x.data(), stream);
  float term = 2;
  cudaLaunchKernelEx(&config, AddNumber, x.data(), term, y.data(), 1);
  term = 100;
  EXPECT_EQ(Download(y.data(), 1, stream), Floats{3});
}

TEST(LaunchTest, GivesSharedMemory) {
  TestStream stream;
  TestFloats count(1);
  cudaLaunchConfig_t config = Config(1, 1, stream);
  config.dynamicSmemBytes = 100;
  int* data = reinterpret_cast<int*>(count.data());
  cudaLaunchKernelEx(&config, CountShared, 100, data);
  int counted = 0;
  cudaMemcpyAsync(&counted, data, 4, cudaMemcpyDeviceToHost, stream);
  EXPECT_EQ(counted, 100);
}

TEST(LaunchTest, NothingAndEndsAreNotUsed) {
  TestStream a, b;
  TestFloats x(4), y(4);
  const cudaLaunchConfig_t on_a = Config(1, 32, a), on_b = Config(1, 32, b);
  const float* end = x.data() + 4;
  EXPECT_EQ(cudaLaunchKernelEx(&on_a, AddNumber, end, 1, nullptr, 0),
            cudaSuccess);
  EXPECT_EQ(cudaLaunchKernelEx(&on_b, AddNumber, end, 1, y.data(), 0),
            cudaSuccess);
}

using LaunchDeathTest = testing::Test;

TEST(LaunchDeathTest, RefusesWhatDevicesRefuse) {
  TestStream stream;
  const cudaLaunchConfig_t config = Config(1, 1025, stream);
  EXPECT_DEATH(cudaLaunchKernelEx(&config, Double, Span{0, nullptr}),
               "a block of \\(1025,1,1\\) threads");
  const cudaLaunchConfig_t on_none = Config(1, 1, nullptr);
  EXPECT_DEATH(cudaLaunchKernelEx(&on_none, Double, Span{0, nullptr}),
               "kernel \\(tamp::Span\\): the default stream");
}

TEST(LaunchDeathTest, PointersAreLookedAt) {
  TestStream stream;
  TestFloats x(4);
  void* freed = nullptr;
  cudaMalloc(&freed, 16);
  cudaFree(freed);
  Floats host(4);
  PinnedFloats pinned(4);
  const cudaLaunchConfig_t config = Config(1, 32, stream);
  const auto add = [&](const float* from) {
    cudaLaunchKernelEx(&config, AddNumber, from, 1, x.data(), 4);
  };
  EXPECT_DEATH(add(host.data()),
               "kernel \\(float const\\*, float, float\\*, int\\), argument 0: "
               "an address that is not memory of device 0");
  EXPECT_DEATH(add(pinned.data()),
               "argument 0: 16 bytes of pinned memory, not");
  EXPECT_DEATH(add(static_cast<float*>(freed)),
               "bytes of device 0 that are freed");
  // Also within structs.
  EXPECT_DEATH(
      cudaLaunchKernelEx(&config, Double, Span{4, static_cast<float*>(freed)}),
      "kernel \\(tamp::Span\\), argument 0: .* freed");
}

TEST(LaunchTest, GapsBetweenMembersHoldNoPointers) {
  struct Gap {
    bool flag;
    int64_t number;
  };
  Gap gap = {true, 1};
  std::memset(&gap, 0xaa, sizeof(int64_t));
  gap.flag = true;
  std::vector<PointerArgument> pointers;
  AddPointers(0, gap, &pointers);
  ASSERT_EQ(pointers.size(), 2u);
  EXPECT_EQ(pointers[0].address, reinterpret_cast<const void*>(1));
  EXPECT_EQ(pointers[1].address, reinterpret_cast<const void*>(1));
}

TEST(LaunchDeathTest, StreamsNeedOrder) {
  TestStream a, b;
  TestFloats x(4), y(4), z(4);
  const cudaLaunchConfig_t on_a = Config(1, 32, a), on_b = Config(1, 32, b);
  cudaLaunchKernelEx(&on_a, AddNumber, x.data(), 1, y.data(), 4);
  EXPECT_DEATH(
      cudaLaunchKernelEx(&on_b, AddNumber, y.data(), 1, z.data(), 4),
      "kernel .*, number 1 on stream .*, reads memory that kernel .*, number 1 "
      "on stream .*, writes, and no event is between them");
  EXPECT_DEATH(cudaMemsetAsync(x.data(), 0, 16, b), "reads, and no event");
  EXPECT_DEATH(cudaLaunchKernelEx(&on_b, Double, Span{4, y.data()}),
               "writes, and no event");
  // Two that read may.
  EXPECT_EQ(cudaLaunchKernelEx(&on_b, AddNumber, x.data(), 1, z.data(), 4),
            cudaSuccess);
}

TEST(LaunchDeathTest, AddressesBeyondMemory) {
  // ThreadSanitizer starts no threads in a fork of a program that has some.
  testing::GTEST_FLAG(death_test_style) = "threadsafe";
  TestStream stream;
  TestFloats x(64), y(64);
  const cudaLaunchConfig_t config = Config(1, 96, stream);
  const auto run = [&] {
    cudaLaunchKernelEx(&config, AddNumber, x.data(), 1, y.data(), 96);
    cudaStreamSynchronize(stream);
  };
  EXPECT_DEATH(run(), "block \\(0,0,0\\) thread \\(64,0,0\\): an address");
  testing::GTEST_FLAG(death_test_style) = "fast";
}

TEST(LaunchDeathTest, DevicesAreApart) {
  SimulatedSystem two;
  two.devices.resize(2);
  const ScopedSystem machine(two);
  TestStream stream;
  TestFloats x(4);
  const cudaLaunchConfig_t config = Config(1, 32, stream);
  cudaSetDevice(1);
  EXPECT_DEATH(cudaLaunchKernelEx(&config, Double, Span{4, x.data()}),
               "a stream of device 0, but the current device is 1");
  {
    TestStream other;
    const cudaLaunchConfig_t on_other = Config(1, 32, other);
    EXPECT_DEATH(cudaLaunchKernelEx(&on_other, Double, Span{4, x.data()}),
                 "argument 0: 16 bytes of device 0, not memory of device 1");
    EXPECT_DEATH(cudaMemsetAsync(x.data(), 0, 4, other),
                 "not memory of device 1");
  }
  cudaSetDevice(0);
}

}  // namespace
}  // namespace cuda_sim
}  // namespace tamp
