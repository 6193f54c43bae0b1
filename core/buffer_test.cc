#include "core/buffer.h"

#include <cstdint>
#include <utility>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

using testing::HasSubstr;

TEST(BufferTest, IsAlignedAndZeroed) {
  for (const int64_t bytes : {1, 63, 64, 1000, 9 << 20}) {
    ASSERT_OK_AND_ASSIGN(Buffer buffer, Buffer::Allocate(bytes));
    EXPECT_EQ(buffer.bytes(), bytes);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(buffer.data()) % Buffer::kAlignment,
              0u);
    const char* data = static_cast<const char*>(buffer.data());
    for (int64_t i = 0; i < bytes; ++i) ASSERT_EQ(data[i], 0) << i;
  }
}

TEST(BufferTest, EmptyHasNoMemory) {
  ASSERT_OK_AND_ASSIGN(const Buffer buffer, Buffer::Allocate(0));
  EXPECT_EQ(buffer.data(), nullptr);
}

TEST(BufferTest, MovesOwnership) {
  ASSERT_OK_AND_ASSIGN(Buffer a, Buffer::Allocate(64));
  void* const data = a.data();
  Buffer b = std::move(a);
  EXPECT_EQ(b.data(), data);
  a = std::move(b);
  EXPECT_EQ(a.data(), data);
}

TEST(BufferTest, RefusesMoreThanThereIs) {
  EXPECT_THAT(Buffer::Allocate(int64_t{1} << 60),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       HasSubstr("cannot allocate")));
}

}  // namespace
}  // namespace tamp
