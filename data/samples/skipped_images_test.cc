#include "data/samples/skipped_images.h"

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace tamp {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

absl::Status Error(int64_t index) {
  return absl::InvalidArgumentError(absl::StrCat("file ", index));
}

TEST(SkippedImagesTest, NamesEachOnce) {
  SkippedImages skipped({7});
  EXPECT_EQ(skipped.count(), 1);
  EXPECT_FALSE(skipped.Add(7, Error(7)));
  EXPECT_THAT(skipped.TakeNotices(), IsEmpty());
  EXPECT_TRUE(skipped.Add(3, Error(3)));
  EXPECT_TRUE(skipped.Add(1, Error(1)));
  EXPECT_FALSE(skipped.Add(3, Error(3)));
  EXPECT_EQ(skipped.count(), 3);
  EXPECT_THAT(skipped.TakeNotices(),
              ElementsAre("skipped: file 3", "skipped: file 1"));
  EXPECT_THAT(skipped.TakeNotices(), IsEmpty());
}

TEST(SkippedImagesTest, SaysNothingOfWhatOthersNamed) {
  SkippedImages skipped({7});
  EXPECT_TRUE(skipped.AddNamed(4));
  EXPECT_FALSE(skipped.AddNamed(4));
  EXPECT_FALSE(skipped.Add(4, Error(4)));
  EXPECT_FALSE(skipped.AddNamed(7));
  EXPECT_THAT(skipped.TakeNotices(), IsEmpty());
  EXPECT_THAT(skipped.indices(), ElementsAre(4, 7));
  EXPECT_EQ(skipped.count(), 2);
}

TEST(SkippedImagesTest, CountsTheRest) {
  SkippedImages skipped({});
  for (int i = 0; i < 30; ++i) skipped.Add(i, Error(i));
  const std::vector<std::string> notices = skipped.TakeNotices();
  EXPECT_THAT(notices, SizeIs(21));
  EXPECT_EQ(notices[19], "skipped: file 19");
  EXPECT_EQ(notices[20], "skipped: more images, which are only counted");
  skipped.Add(30, Error(30));
  EXPECT_THAT(skipped.TakeNotices(), IsEmpty());
  EXPECT_EQ(skipped.count(), 31);
}

}  // namespace
}  // namespace tamp
