#include "tools/flags/byte_size.h"

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

TEST(ByteSizeTest, Sizes) {
  EXPECT_EQ(ParseByteSize("1").value_or(-1), 1);
  EXPECT_EQ(ParseByteSize("1000000").value_or(-1), 1000000);
  EXPECT_EQ(ParseByteSize("300KiB").value_or(-1), 300 * 1024);
  EXPECT_EQ(ParseByteSize("512MiB").value_or(-1), 512 << 20);
  EXPECT_EQ(ParseByteSize("1.5GiB").value_or(-1), int64_t{3} << 29);
}

TEST(ByteSizeTest, NoSizes) {
  for (const char* text :
       {"", "MiB", "0", "0MiB", "-5MiB", "512MB", "512 apples", "512MiBMiB",
        "nan", "inf", "1e300GiB", "0x10MiB", "0.2"}) {
    EXPECT_THAT(ParseByteSize(text),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         testing::HasSubstr("it must be like 512MiB")))
        << text;
  }
}

}  // namespace
}  // namespace tamp
