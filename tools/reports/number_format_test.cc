#include "tools/reports/number_format.h"

#include "gtest/gtest.h"

namespace tamp {
namespace {

TEST(NumberFormatTest, SeparatesThousands) {
  EXPECT_EQ(FormatInteger(0), "0");
  EXPECT_EQ(FormatInteger(999), "999");
  EXPECT_EQ(FormatInteger(1000), "1,000");
  EXPECT_EQ(FormatInteger(1261018), "1,261,018");
  EXPECT_EQ(FormatInteger(-123), "-123");
  EXPECT_EQ(FormatInteger(-1234), "-1,234");
}

TEST(NumberFormatTest, ShortensCounts) {
  EXPECT_EQ(FormatCount(999), "999");
  EXPECT_EQ(FormatCount(12345), "12.35 k");
  EXPECT_EQ(FormatCount(375900000), "375.9 M");
  EXPECT_EQ(FormatCount(24060000000), "24.06 G");
}

TEST(NumberFormatTest, ShortensBytes) {
  EXPECT_EQ(FormatBytes(512), "512 B");
  EXPECT_EQ(FormatBytes(1536), "1.50 KiB");
  EXPECT_EQ(FormatBytes(int64_t{300} << 20), "300.0 MiB");
}

}  // namespace
}  // namespace tamp
