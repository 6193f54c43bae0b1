#include <cuda_runtime_api.h>

#include <string>

#include "gtest/gtest.h"
#include "tests/cuda_sim/runtime/queue_work.h"
#include "tests/cuda_sim/runtime/simulated_devices.h"
#include "tests/cuda_sim/runtime/test_objects.h"

namespace tamp {
namespace cuda_sim {
namespace {

int CountDevices() {
  int count = -1;
  EXPECT_EQ(cudaGetDeviceCount(&count), cudaSuccess);
  return count;
}

int Attribute(cudaDeviceAttr attribute, int device) {
  int value = -1;
  EXPECT_EQ(cudaDeviceGetAttribute(&value, attribute, device), cudaSuccess);
  return value;
}

TEST(DevicesTest, ThereIsOneByDefault) {
  EXPECT_EQ(CountDevices(), 1);
  int version = -1;
  EXPECT_EQ(cudaDriverGetVersion(&version), cudaSuccess);
  EXPECT_EQ(version, CUDART_VERSION);
  EXPECT_EQ(cudaRuntimeGetVersion(&version), cudaSuccess);
  EXPECT_EQ(version, CUDART_VERSION);
}

TEST(DevicesTest, AreAsTheTestSays) {
  SimulatedSystem system;
  system.devices.push_back({"Small GPU", size_t{3} << 30, 8, 6, 7});
  const ScopedSystem machine(system);
  EXPECT_EQ(CountDevices(), 2);
  EXPECT_EQ(Attribute(cudaDevAttrComputeCapabilityMajor, 1), 8);
  EXPECT_EQ(Attribute(cudaDevAttrComputeCapabilityMinor, 1), 6);
  EXPECT_EQ(Attribute(cudaDevAttrMultiProcessorCount, 1), 7);
  EXPECT_EQ(Attribute(cudaDevAttrWarpSize, 1), 32);
  EXPECT_EQ(Attribute(cudaDevAttrMaxSharedMemoryPerBlock, 1), 48 << 10);
  EXPECT_EQ(Attribute(cudaDevAttrComputeCapabilityMajor, 0), 9);
  cudaDeviceProp properties;
  EXPECT_EQ(cudaGetDeviceProperties(&properties, 1), cudaSuccess);
  EXPECT_EQ(properties.name, std::string("Small GPU"));
  EXPECT_EQ(properties.totalGlobalMem, size_t{3} << 30);
  EXPECT_EQ(properties.sharedMemPerBlock, 48u << 10);
  EXPECT_EQ(properties.warpSize, 32);
  EXPECT_EQ(properties.maxThreadsPerBlock, 1024);
  EXPECT_EQ(properties.major, 8);
  EXPECT_EQ(properties.minor, 6);
  EXPECT_EQ(properties.multiProcessorCount, 7);
}

TEST(DevicesTest, OneIsCurrent) {
  SimulatedSystem system;
  system.devices.resize(2);
  system.devices[1].total_bytes = 100;
  const ScopedSystem machine(system);
  int device = -1;
  EXPECT_EQ(cudaGetDevice(&device), cudaSuccess);
  EXPECT_EQ(device, 0);
  EXPECT_EQ(cudaSetDevice(1), cudaSuccess);
  cudaGetDevice(&device);
  EXPECT_EQ(device, 1);
  size_t free = 0, total = 0;
  cudaMemGetInfo(&free, &total);
  EXPECT_EQ(total, 100u);
  EXPECT_EQ(cudaSetDevice(2), cudaErrorInvalidDevice);
  EXPECT_EQ(cudaSetDevice(-1), cudaErrorInvalidDevice);
  EXPECT_EQ(cudaPeekAtLastError(), cudaErrorInvalidDevice);
  EXPECT_EQ(cudaGetLastError(), cudaErrorInvalidDevice);
  EXPECT_EQ(cudaSetDevice(0), cudaSuccess);
}

void ExpectNoDevice(cudaError_t error) {
  int value = -1;
  size_t bytes;
  void* memory;
  cudaStream_t stream;
  cudaEvent_t event;
  cudaDeviceProp properties;
  EXPECT_EQ(cudaGetDeviceCount(&value), error);
  EXPECT_EQ(value, 0);
  EXPECT_EQ(cudaSetDevice(0), error);
  EXPECT_EQ(cudaDeviceGetAttribute(&value, cudaDevAttrWarpSize, 0), error);
  EXPECT_EQ(cudaGetDeviceProperties(&properties, 0), error);
  EXPECT_EQ(cudaMemGetInfo(&bytes, &bytes), error);
  EXPECT_EQ(cudaMalloc(&memory, 4), error);
  EXPECT_EQ(cudaMallocHost(&memory, 4), error);
  EXPECT_EQ(cudaStreamCreateWithFlags(&stream, 0), error);
  EXPECT_EQ(cudaEventCreateWithFlags(&event, 0), error);
  EXPECT_EQ(cudaGetLastError(), error);
}

TEST(DevicesTest, ThereMayBeNone) {
  SimulatedSystem system;
  system.devices.clear();
  const ScopedSystem machine(system);
  ExpectNoDevice(cudaErrorNoDevice);
}

TEST(DevicesTest, TheDriverMayBeTooOldOrAbsent) {
  for (const int version : {0, CUDART_VERSION - 1000}) {
    SimulatedSystem system;
    system.driver_version = version;
    const ScopedSystem machine(system);
    ExpectNoDevice(cudaErrorInsufficientDriver);
    int answer = -1;
    EXPECT_EQ(cudaDriverGetVersion(&answer), cudaSuccess);
    EXPECT_EQ(answer, version);
  }
}

TEST(BrokenDeviceTest, IsBrokenWhenWorkHasRun) {
  const ScopedSystem machine{SimulatedSystem()};
  TestStream stream, other;
  TestFloats x(1);
  bool has_run = false;
  const auto queue = [&](cudaStream_t stream) {
    return QueueWork(stream, {"work", {}, {}, [&] { has_run = true; }});
  };
  BreakNextWork(0, cudaErrorIllegalAddress);
  EXPECT_EQ(queue(stream), cudaSuccess);
  EXPECT_EQ(queue(stream), cudaSuccess);
  EXPECT_EQ(cudaStreamSynchronize(other), cudaSuccess);
  EXPECT_EQ(cudaStreamSynchronize(stream), cudaErrorIllegalAddress);
  EXPECT_FALSE(has_run);
  // For ever, whatever is called.
  EXPECT_EQ(queue(other), cudaErrorIllegalAddress);
  EXPECT_EQ(cudaStreamSynchronize(other), cudaErrorIllegalAddress);
  EXPECT_EQ(cudaDeviceSynchronize(), cudaErrorIllegalAddress);
  EXPECT_EQ(cudaMemsetAsync(x.data(), 0, 4, stream), cudaErrorIllegalAddress);
  void* memory = nullptr;
  EXPECT_EQ(cudaMalloc(&memory, 4), cudaErrorIllegalAddress);
  EXPECT_EQ(cudaGetLastError(), cudaErrorIllegalAddress);
}

TEST(BrokenDeviceTest, LosesWhatWasQueued) {
  const ScopedSystem machine{SimulatedSystem()};
  void* memory = nullptr;
  ASSERT_EQ(cudaMalloc(&memory, 4), cudaSuccess);
  TestStream stream;
  cudaMemsetAsync(memory, 0, 4, stream);
  BreakNextWork(0, cudaErrorLaunchFailure);
  EXPECT_EQ(cudaStreamSynchronize(stream), cudaErrorLaunchFailure);
  EXPECT_EQ(cudaFree(memory), cudaErrorLaunchFailure);
  cudaGetLastError();
}

TEST(ErrorsTest, HaveNames) {
  EXPECT_STREQ(cudaGetErrorName(cudaErrorNoDevice), "cudaErrorNoDevice");
  EXPECT_STREQ(cudaGetErrorString(cudaErrorNoDevice),
               "no CUDA-capable device is detected");
  EXPECT_STREQ(cudaGetErrorName(static_cast<cudaError_t>(12345)),
               "unrecognized error code");
  EXPECT_STREQ(cudaGetErrorString(static_cast<cudaError_t>(12345)),
               "unrecognized error code");
}

}  // namespace
}  // namespace cuda_sim
}  // namespace tamp
