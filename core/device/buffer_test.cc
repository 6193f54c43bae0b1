#include "core/device/buffer.h"

#include <cstdint>
#include <utility>

#include "gtest/gtest.h"

namespace tamp {
namespace {

class BufferTest : public testing::Test {
 protected:
  Buffer Make() {
    return Buffer(memory_, sizeof(memory_), [this](void* data, int64_t bytes) {
      EXPECT_EQ(data, memory_);
      EXPECT_EQ(bytes, sizeof(memory_));
      ++num_deleted_;
    });
  }

  float memory_[4] = {};
  int num_deleted_ = 0;
};

TEST_F(BufferTest, GivesItsMemoryBackOnce) {
  {
    Buffer a = Make();
    EXPECT_EQ(a.floats(), memory_);
    EXPECT_EQ(a.bytes(), 16);
    const Buffer b = std::move(a);
    EXPECT_EQ(b.data(), memory_);
    EXPECT_EQ(num_deleted_, 0);
  }
  EXPECT_EQ(num_deleted_, 1);
}

TEST_F(BufferTest, MovesOwnershipByAssignment) {
  {
    Buffer a = Make();
    Buffer b;
    b = std::move(a);
    EXPECT_EQ(b.data(), memory_);
    a = std::move(b);
    EXPECT_EQ(a.data(), memory_);
    EXPECT_EQ(num_deleted_, 0);
  }
  EXPECT_EQ(num_deleted_, 1);
}

TEST_F(BufferTest, EmptyHasNothingToGiveBack) {
  const Buffer empty;
  EXPECT_EQ(empty.data(), nullptr);
  EXPECT_EQ(empty.bytes(), 0);
}

}  // namespace
}  // namespace tamp
