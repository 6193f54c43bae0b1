#include "core/cuda/device_list.h"

#include <cuda_runtime_api.h>

#include <cstdlib>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/cuda_sim/runtime/simulated_devices.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

using cuda_sim::ScopedSystem;
using cuda_sim::SimulatedSystem;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::MatchesRegex;

TEST(DeviceListTest, DescribesEachDevice) {
  SimulatedSystem two;
  two.devices = {{"Large GPU", size_t{8} << 30, 9, 0, 132},
                 {"Small GPU", size_t{1} << 30, 8, 6, 20}};
  const ScopedSystem machine(two);
  ASSERT_OK_AND_ASSIGN(const int count, CountCudaDevices());
  EXPECT_EQ(count, 2);
  ASSERT_EQ(cudaSetDevice(1), cudaSuccess);
  void* used = nullptr;
  ASSERT_EQ(cudaMalloc(&used, 1 << 20), cudaSuccess);
  const CudaSystem system = DescribeCudaSystem();
  EXPECT_THAT(system.missing, IsEmpty());
  ASSERT_EQ(system.devices.size(), 2);
  EXPECT_EQ(system.devices[0].name, "Large GPU");
  EXPECT_EQ(system.devices[0].total_bytes, int64_t{8} << 30);
  EXPECT_EQ(system.devices[0].free_bytes, int64_t{8} << 30);
  EXPECT_EQ(system.devices[0].major, 9);
  EXPECT_EQ(system.devices[0].minor, 0);
  EXPECT_EQ(system.devices[0].num_multiprocessors, 132);
  EXPECT_EQ(system.devices[1].name, "Small GPU");
  EXPECT_EQ(system.devices[1].total_bytes, int64_t{1} << 30);
  EXPECT_EQ(system.devices[1].free_bytes, (int64_t{1} << 30) - (1 << 20));
  EXPECT_EQ(system.devices[1].major, 8);
  EXPECT_EQ(system.devices[1].minor, 6);
  EXPECT_EQ(system.devices[1].num_multiprocessors, 20);
  int current = -1;
  ASSERT_EQ(cudaGetDevice(&current), cudaSuccess);
  EXPECT_EQ(current, 1) << "as before";
  ASSERT_EQ(cudaFree(used), cudaSuccess);
}

TEST(DeviceListTest, HasTheVersions) {
  SimulatedSystem newer;
  newer.driver_version = 13020;
  const ScopedSystem machine(newer);
  const CudaSystem system = DescribeCudaSystem(91301);
  EXPECT_EQ(system.driver, "13.2");
  EXPECT_EQ(system.runtime, "13.0");
  EXPECT_EQ(system.cudnn, "9.13.1");
  EXPECT_THAT(system.cublas, MatchesRegex("1[0-9]\\.[0-9]+\\.[0-9]+"));
  EXPECT_THAT(system.missing, IsEmpty());
}

TEST(DeviceListTest, SaysThatThereIsNoDriver) {
  SimulatedSystem none;
  none.driver_version = 0;
  const ScopedSystem machine(none);
  const CudaSystem system = DescribeCudaSystem();
  EXPECT_EQ(system.driver, "");
  EXPECT_EQ(system.runtime, "13.0");
  EXPECT_THAT(system.devices, IsEmpty());
  EXPECT_THAT(system.missing,
              ElementsAre("there is no NVIDIA driver; install one that serves "
                          "CUDA 13.0, or use --device=cpu"));
  EXPECT_EQ(cudaGetLastError(), cudaSuccess) << "nobody else is blamed";
}

TEST(DeviceListTest, SaysThatTheDriverIsTooOld) {
  SimulatedSystem old;
  old.driver_version = 12040;
  const ScopedSystem machine(old);
  EXPECT_EQ(DescribeCudaSystem().driver, "12.4");
  EXPECT_THAT(CountCudaDevices(),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       "the NVIDIA driver serves CUDA up to 12.4, and this "
                       "build needs CUDA 13.0; install a newer driver, or use "
                       "--device=cpu"));
}

TEST(DeviceListTest, SaysThatThereIsNoDevice) {
  SimulatedSystem none;
  none.devices.clear();
  const ScopedSystem machine(none);
  unsetenv("CUDA_VISIBLE_DEVICES");
  EXPECT_THAT(DescribeCudaSystem().missing,
              ElementsAre("there is no NVIDIA GPU; use --device=cpu"));
  setenv("CUDA_VISIBLE_DEVICES", "7", /*overwrite=*/1);
  EXPECT_THAT(DescribeCudaSystem().missing,
              ElementsAre("there is no NVIDIA GPU, or "
                          "CUDA_VISIBLE_DEVICES=\"7\" hides it: unset that, "
                          "or use --device=cpu"));
  unsetenv("CUDA_VISIBLE_DEVICES");
  EXPECT_EQ(cudaGetLastError(), cudaSuccess) << "nobody else is blamed";
}

TEST(DeviceListTest, SaysThatCudnnIsTooOld) {
  const CudaSystem system = DescribeCudaSystem(8907);
  EXPECT_EQ(system.cudnn, "8.9.7");
  ASSERT_EQ(system.devices.size(), 1);
  EXPECT_THAT(system.missing,
              ElementsAre(testing::StartsWith("found cuDNN 8.9, but Tamp ")));
}

}  // namespace
}  // namespace tamp
