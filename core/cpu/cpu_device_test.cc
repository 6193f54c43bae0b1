#include "core/cpu/cpu_device.h"

#include <sys/sysinfo.h>

#include <cstdint>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;

std::vector<float> ToHost(const float* from, int64_t size, Device* device) {
  std::vector<float> host(size);
  device->CopyToHost(from, size * int64_t{sizeof(float)}, host.data());
  return host;
}

TEST(CpuDeviceTest, AllocatesZerosAsAlignedAsItsTraitsSay) {
  CpuDevice device(1);
  ASSERT_OK_AND_ASSIGN(const Buffer buffer, device.Allocate(12));
  const int64_t alignment = device.memory_traits().alignment;
  EXPECT_EQ(reinterpret_cast<uintptr_t>(buffer.data()) % alignment, 0u);
  EXPECT_THAT(ToHost(buffer.floats(), 3, &device), ElementsAre(0, 0, 0));
}

TEST(CpuDeviceTest, KnowsItsMemory) {
  struct sysinfo info;
  ASSERT_EQ(sysinfo(&info), 0);
  EXPECT_EQ(CpuDevice(1).total_bytes(),
            static_cast<int64_t>(info.totalram) * info.mem_unit);
}

TEST(CpuDeviceTest, CopiesThereWithinAndBack) {
  CpuDevice device(1);
  ASSERT_OK_AND_ASSIGN(const Buffer buffer, device.Allocate(24));
  float* const there = buffer.floats();
  const std::vector<float> host = {1, 2, 3, 4};
  device.CopyFromHost(host.data(), 8, there);
  device.CopyFromHostAsync(host.data() + 2, 8, there + 2);
  device.Copy(there + 1, 8, there + 4);
  EXPECT_OK(device.Synchronize());
  EXPECT_THAT(ToHost(there, 6, &device), ElementsAre(1, 2, 3, 4, 2, 3));
}

TEST(CpuDeviceTest, FillsRowsAndNothingElse) {
  CpuDevice device(1);
  ASSERT_OK_AND_ASSIGN(const Buffer buffer, device.Allocate(24 * 4));
  float* const there = buffer.floats();
  // Two images of three channels, of which two are filled, of three pixels.
  device.Fill({there, 2, 2, 9, 3, 3}, 5);
  EXPECT_THAT(ToHost(there, 18, &device),
              ElementsAreArray({5, 5, 5, 5, 5, 5, 0, 0, 0,  //
                                5, 5, 5, 5, 5, 5, 0, 0, 0}));
  // A gap behind each row.
  device.Fill({there, 2, 3, 12, 4, 3}, 7);
  EXPECT_THAT(ToHost(there, 12, &device),
              ElementsAreArray({7, 7, 7, 5, 7, 7, 7, 0, 7, 7, 7, 5}));
}

}  // namespace
}  // namespace tamp
