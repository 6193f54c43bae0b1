#include "core/device/host_memory.h"

#include <cstdint>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

using testing::HasSubstr;

TEST(HostMemoryTest, IsAlignedAndZeroed) {
  for (const int64_t bytes : {1, 63, 64, 1000, 9 << 20}) {
    ASSERT_OK_AND_ASSIGN(const Buffer buffer, AllocateHostMemory(bytes));
    EXPECT_EQ(buffer.bytes(), bytes);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(buffer.data()) % kHostAlignment, 0u);
    const char* data = static_cast<const char*>(buffer.data());
    for (int64_t i = 0; i < bytes; ++i) ASSERT_EQ(data[i], 0) << i;
  }
}

TEST(HostMemoryTest, NoBytesAreNoMemory) {
  ASSERT_OK_AND_ASSIGN(const Buffer buffer, AllocateHostMemory(0));
  EXPECT_EQ(buffer.data(), nullptr);
}

TEST(HostMemoryTest, RefusesMoreThanThereIs) {
  EXPECT_THAT(AllocateHostMemory(int64_t{1} << 60),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       HasSubstr("cannot allocate")));
}

}  // namespace
}  // namespace tamp
