#include <cuda_runtime_api.h>
#include <signal.h>

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "gtest/gtest.h"
#include "tests/cuda_sim/runtime/queue_work.h"
#include "tests/cuda_sim/runtime/simulated_devices.h"
#include "tests/cuda_sim/runtime/test_objects.h"

namespace tamp {
namespace cuda_sim {
namespace {

SimulatedSystem SmallMachine(size_t bytes) {
  SimulatedSystem system;
  system.devices[0].total_bytes = bytes;
  return system;
}

TEST(MemoryTest, IsAlignedAndNotANumber) {
  TestStream stream;
  for (const int n : {1, 63, 64, 65, 5000}) {
    TestFloats x(n);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(x.data()) % 256, 0u) << n;
    for (const float value : Download(x.data(), n, stream)) {
      ASSERT_TRUE(std::isnan(value)) << n;
    }
  }
}

TEST(MemoryTest, HasAnEnd) {
  const ScopedSystem machine(SmallMachine(1000));
  size_t free = 0, total = 0;
  EXPECT_EQ(cudaMemGetInfo(&free, &total), cudaSuccess);
  EXPECT_EQ(free, 1000u);
  EXPECT_EQ(total, 1000u);
  void *first = nullptr, *second = nullptr;
  ASSERT_EQ(cudaMalloc(&first, 600), cudaSuccess);
  EXPECT_EQ(cudaMalloc(&second, 401), cudaErrorMemoryAllocation);
  EXPECT_EQ(second, nullptr);
  EXPECT_EQ(cudaGetLastError(), cudaErrorMemoryAllocation);
  EXPECT_EQ(cudaGetLastError(), cudaSuccess);
  ASSERT_EQ(cudaMalloc(&second, 400), cudaSuccess);
  cudaMemGetInfo(&free, &total);
  EXPECT_EQ(free, 0u);
  EXPECT_EQ(cudaFree(first), cudaSuccess);
  cudaMemGetInfo(&free, &total);
  EXPECT_EQ(free, 600u);
  EXPECT_EQ(cudaFree(second), cudaSuccess);
}

TEST(MemoryTest, NothingNeedsNoMemory) {
  void* memory = &memory;
  EXPECT_EQ(cudaMalloc(&memory, 0), cudaSuccess);
  EXPECT_EQ(memory, nullptr);
  EXPECT_EQ(cudaFree(nullptr), cudaSuccess);
  EXPECT_EQ(cudaFreeHost(nullptr), cudaSuccess);
}

TEST(MemoryTest, PinnedIsTheHosts) {
  PinnedFloats x(3);
  x.data()[2] = 7;
  EXPECT_EQ(x.data()[2], 7);
}

using MemoryDeathTest = testing::Test;

TEST(MemoryDeathTest, IsClosedToTheHost) {
  TestFloats x(4);
  const float* data = x.data();
  EXPECT_DEATH(static_cast<void>(*const_cast<const volatile float*>(data)),
               "the host touches 16 bytes of device 0");
  // Also when the device has worked.
  TestStream stream;
  Download(x.data(), 4, stream);
  EXPECT_DEATH(x.data()[0] = 1, "the host touches 16 bytes of device 0");
}

TEST(MemoryDeathTest, FreedIsKnown) {
  TestStream stream;
  void* memory = nullptr;
  ASSERT_EQ(cudaMalloc(&memory, 16), cudaSuccess);
  EXPECT_DEATH(cudaFree(static_cast<char*>(memory) + 4), "not the begin");
  EXPECT_DEATH(cudaFreeHost(memory), "not the begin of such memory");
  ASSERT_EQ(cudaFree(memory), cudaSuccess);
  EXPECT_DEATH(cudaFree(memory), "16 bytes of device 0 are freed twice");
  EXPECT_DEATH(cudaMemsetAsync(memory, 0, 16, stream),
               "cudaMemsetAsync: 16 bytes of device 0 that are freed");
  EXPECT_DEATH(static_cast<char*>(memory)[0] = 1, "which is freed");
}

void WriteAt(char* data, int i, cudaStream_t stream) {
  QueueWork(stream, {"work", {}, {{data, 16}}, [=] { data[i] = 1; }});
  cudaStreamSynchronize(stream);
  cudaFree(data);
}

TEST(MemoryDeathTest, WritesBesideItAreFound) {
  TestStream stream;
  void* memory = nullptr;
  ASSERT_EQ(cudaMalloc(&memory, 16), cudaSuccess);
  char* data = static_cast<char*>(memory);
  EXPECT_DEATH(WriteAt(data, 16, stream), "wrote behind 16 bytes");
  EXPECT_DEATH(WriteAt(data, -1, stream), "wrote before 16 bytes");
  EXPECT_DEATH(WriteAt(data, 256, stream), "the host touches");
  WriteAt(data, 15, stream);
}

TEST(MemoryDeathTest, WorkTouchesNothingButWhatItSays) {
  TestStream stream;
  TestFloats x(5000), y(4);
  const auto touch = [&](float* end, float* touched, bool uses_more) {
    const auto bytes = static_cast<size_t>(end - x.data()) * sizeof(float);
    Work work = {"work", {}, {{x.data(), bytes}}, [=] { *touched = 1; }};
    work.uses_more = uses_more;
    QueueWork(stream, work);
    cudaStreamSynchronize(stream);
  };
  touch(x.data() + 1, x.data(), false);
  touch(x.data() + 4000, x.data() + 3999, false);
  // What was open before is closed.
  EXPECT_DEATH(touch(x.data() + 1, x.data() + 3999, false),
               "the host touches 20000 bytes of device 0");
  EXPECT_DEATH(touch(x.data() + 5000, y.data(), false),
               "the host touches 16 bytes of device 0");
  // A kernel's work.
  touch(x.data() + 1, y.data(), true);
  EXPECT_DEATH(x.data()[3999] = 1, "the host touches 20000 bytes");
  EXPECT_DEATH(y.data()[0] = 1, "the host touches 16 bytes of device 0");
}

TEST(MemoryDeathTest, IsNotFreedWhileItMayBeUsed) {
  TestStream stream;
  TestFloats x(4);
  PinnedFloats y(4);
  cudaMemcpyAsync(x.data(), y.data(), 16, cudaMemcpyHostToDevice, stream);
  EXPECT_DEATH(cudaFree(x.data()),
               "cudaFree of 16 bytes of device 0: nobody has waited for "
               "cudaMemcpyAsync, number 1 on stream [0-9]*, which uses them");
  EXPECT_DEATH(cudaFreeHost(y.data()), "cudaFreeHost of 16 bytes of pinned");
}

TEST(MemoryDeathTest, NothingMayBeLeft) {
  const auto leave = [](int what) {
    void* memory;
    cudaStream_t stream;
    cudaEvent_t event;
    if (what == 0) cudaMalloc(&memory, 12);
    if (what == 1) cudaMallocHost(&memory, 12);
    if (what == 2) cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking);
    if (what == 3) cudaEventCreateWithFlags(&event, cudaEventDisableTiming);
  };
  const char* messages[] = {"12 bytes of device 0", "12 bytes of pinned memory",
                            "1 stream", "1 event"};
  for (int what = 0; what < 4; ++what) {
    const auto exit_with = [&] {
      leave(what);
      std::exit(0);
    };
    EXPECT_EXIT(
        exit_with(), testing::KilledBySignal(SIGABRT),
        std::string("left at the end of the program: ") + messages[what]);
    const auto change_with = [&] {
      const ScopedSystem machine(SmallMachine(1000));
      leave(what);
    };
    EXPECT_DEATH(change_with(), "left when the machine changes");
  }
}

}  // namespace
}  // namespace cuda_sim
}  // namespace tamp
