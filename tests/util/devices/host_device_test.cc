#include "tests/util/devices/host_device.h"

#include <csignal>
#include <cstdint>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "core/check.h"
#include "core/device/buffer.h"
#include "core/device/staging.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;

class HostDeviceTest : public testing::Test {
 protected:
  HostDeviceTest() {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    buffer_ = *device_.Allocate(kFloats * sizeof(float));
  }

  std::vector<float> ToHost() {
    std::vector<float> host(kFloats);
    device_.CopyToHost(buffer_.data(), buffer_.bytes(), host.data());
    return host;
  }

  // Volatile, so that the access is made.
  float Read(int64_t i = 0) {
    return *static_cast<volatile float*>(buffer_.floats() + i);
  }
  void Write(float value) {
    *static_cast<volatile float*>(buffer_.floats()) = value;
  }

  static constexpr int kFloats = 6;
  HostDevice device_{2};
  Buffer buffer_;
};

using HostDeviceDeathTest = HostDeviceTest;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
// The sanitizer catches the signal and exits.
#define EXPECT_SEGV(statement) EXPECT_DEATH(statement, "SEGV")
#else
#define EXPECT_SEGV(statement) \
  EXPECT_EXIT(statement, testing::KilledBySignal(SIGSEGV), "")
#endif

TEST_F(HostDeviceDeathTest, TheHostCannotReadItsMemory) {
  EXPECT_SEGV(Read());
  device_.CopyToHost(buffer_.data(), 4, std::vector<float>(1).data());
  EXPECT_SEGV(Read()) << "left open by a copy";
}

TEST_F(HostDeviceDeathTest, TheHostCannotWriteItsMemory) {
  EXPECT_SEGV(Write(1));
}

TEST_F(HostDeviceTest, MemoryIsOpenAsLongAsThereIsAnOpening) {
  {
    const HostDevice::Opening outer(&device_);
    { const HostDevice::Opening inner(&device_); }
    Write(3);
    std::thread([&] { EXPECT_EQ(Read(), 3); }).join();
  }
  EXPECT_SEGV(Read());
}

TEST_F(HostDeviceDeathTest, NoKernelReadsPastTheEnd) {
  const HostDevice::Opening opening(&device_);
  EXPECT_EQ(Read(device_.memory_traits().alignment / 4 - 1), 0);
  EXPECT_SEGV(Read(device_.memory_traits().alignment / 4));
}

TEST_F(HostDeviceTest, FillsAndCopies) {
  EXPECT_THAT(ToHost(), Each(0));
  const std::vector<float> host = {1, 2, 3};
  device_.CopyFromHost(host.data(), 8, buffer_.data());
  device_.CopyFromHostAsync(host.data() + 2, 4, buffer_.floats() + 2);
  device_.Copy(buffer_.data(), 4, buffer_.floats() + 4);
  // Rows of one float, every second one.
  device_.Fill({buffer_.floats() + 1, 1, 3, 0, 2, 1}, 7);
  EXPECT_OK(device_.Synchronize());
  EXPECT_THAT(ToHost(), ElementsAre(1, 7, 3, 7, 1, 7));
}

TEST_F(HostDeviceTest, StagesAhead) {
  float host[] = {1, 2};
  const int64_t first = device_.Stage(host, 8);
  host[0] = 3;
  const int64_t second = device_.Stage(host, 4);
  host[0] = host[1] = 0;
  device_.Fill({buffer_.floats(), 1, 1, 0, 0, kFloats}, 9);
  EXPECT_TRUE(device_.Take(first, 8, buffer_.data()));
  EXPECT_TRUE(device_.Take(second, 4, buffer_.floats() + 3));
  EXPECT_THAT(ToHost(), ElementsAre(1, 2, 9, 3, 9, 9));
  EXPECT_FALSE(device_.Take(-1, 4, buffer_.data()));
}

TEST_F(HostDeviceTest, TicketsAreGoodUntilTheirPlaceIsTaken) {
  const float host = 1;
  const int64_t ticket = device_.Stage(&host, 4);
  for (int i = 1; i < Staging::kNumPlaces; ++i) device_.Stage(&host, 4);
  EXPECT_TRUE(device_.Take(ticket, 4, buffer_.data()));
  device_.Stage(&host, 4);
  EXPECT_FALSE(device_.Take(ticket, 4, buffer_.floats() + 1));
  EXPECT_THAT(ToHost(), ElementsAre(1, 0, 0, 0, 0, 0));
}

TEST_F(HostDeviceTest, MemoryIsAlignedAsItsTraitsSay) {
  const auto address = reinterpret_cast<uintptr_t>(buffer_.data());
  EXPECT_EQ(address % device_.memory_traits().alignment, 0u);
  EXPECT_NE(address % 4096, 0u) << "more than that would hide mistakes";
}

TEST_F(HostDeviceTest, MoreThanThereIsIsAnError) {
  EXPECT_THAT(device_.Allocate(int64_t{1} << 60),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       HasSubstr("cannot allocate")));
}

TEST_F(HostDeviceDeathTest, OnlyItsOwnMemory) {
  float host[2] = {1, 2};
  EXPECT_DEATH(device_.CopyFromHost(host, 4, host + 1), "no memory of the");
  EXPECT_DEATH(device_.CopyToHost(buffer_.data(), 8192, host),
               "no memory of the");
  EXPECT_DEATH(device_.Fill({host, 1, 1, 0, 0, 2}, 0), "no memory of the");
  const int64_t ticket = device_.Stage(host, 4);
  EXPECT_DEATH(device_.Take(ticket, 4, host), "no memory of the");
  EXPECT_DEATH(device_.Take(ticket, 8, buffer_.data()), "bytes");
}

TEST_F(HostDeviceDeathTest, HostMemoryStaysUntilItIsCopied) {
  float host = 1;
  device_.CopyFromHostAsync(&host, 4, buffer_.data());
  host = 2;
  EXPECT_DEATH(CHECK_OK(device_.Synchronize()), "host has changed");
  host = 1;
  EXPECT_OK(device_.Synchronize());
  host = 2;
  EXPECT_OK(device_.Synchronize());
}

TEST_F(HostDeviceDeathTest, NoBufferOutlivesIt) {
  EXPECT_DEATH(
      {
        Buffer late;
        HostDevice device(1);
        late = *device.Allocate(4);
      },
      "outlive");
}

}  // namespace
}  // namespace tamp
