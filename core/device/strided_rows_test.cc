#include "core/device/strided_rows.h"

#include <cstdint>

#include "gtest/gtest.h"

namespace tamp {
namespace {

// A view of 2 images and 3 channels of 4 pixels.
StridedRows Rows(int64_t image_stride, int64_t channel_stride) {
  return {nullptr, 2, 3, image_stride, channel_stride, 4};
}

void ExpectMerged(const StridedRows& rows, int64_t outer, int64_t inner,
                  int64_t length) {
  const StridedRows merged = rows.Merged();
  EXPECT_EQ(merged.outer, outer);
  EXPECT_EQ(merged.inner, inner);
  EXPECT_EQ(merged.length, length);
  EXPECT_FALSE(merged.is_empty());
}

TEST(StridedRowsTest, MergesWhatAdjoins) {
  ExpectMerged(Rows(12, 4), 1, 1, 24);  // NCHW
  ExpectMerged(Rows(4, 8), 1, 1, 24);   // CNHW
  ExpectMerged(Rows(20, 4), 2, 1, 12);  // a slice of five channels
  ExpectMerged(Rows(4, 9), 1, 3, 8);    // CNHW, a gap between channels
  ExpectMerged(Rows(15, 5), 2, 3, 4);   // NCHW, a gap between channels
}

TEST(StridedRowsTest, MergesWhereAnAxisIsOne) {
  ExpectMerged({nullptr, 1, 3, 99, 4, 4}, 1, 1, 12);
  ExpectMerged({nullptr, 2, 1, 4, 99, 4}, 1, 1, 8);
}

TEST(StridedRowsTest, IsEmptyWithoutElements) {
  EXPECT_TRUE((StridedRows{nullptr, 2, 3, 0, 0, 0}).is_empty());
  EXPECT_TRUE((StridedRows{nullptr, 2, 0, 0, 4, 4}).is_empty());
}

TEST(StridedRowsTest, FindsARow) {
  float floats[24];
  StridedRows rows = Rows(12, 4);
  rows.data = floats;
  EXPECT_EQ(rows.at(1, 2), floats + 20);
}

}  // namespace
}  // namespace tamp
