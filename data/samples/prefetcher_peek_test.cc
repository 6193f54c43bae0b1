#include <algorithm>
#include <memory>

#include "absl/status/status.h"
#include "data/batch_source.h"
#include "data/samples/prefetcher_test_source.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/util/read_batch.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

using testing::HasSubstr;

// As many as lie in a row, where Next then hands them out; nothing moves.
TEST(PrefetcherPeekTest, ShowsWhatComes) {
  for (const int num_workers : {1, 3}) {
    const auto expected =
        ReadBatch(MakeSource(RandomDataset(), TRAIN, 0, 1).get(), 40);
    const auto source = MakeSource(RandomDataset(), TRAIN, num_workers, 7);
    while (source->position() < 35) {
      const int64_t position = source->position();
      const Samples shown = source->Peek(4);
      ASSERT_EQ(shown.count, std::min<int64_t>(4, 7 - position % 7));
      EXPECT_EQ(source->position(), position);
      EXPECT_TRUE(std::equal(shown.data, shown.data + 192 * shown.count,
                             expected.data.begin() + 192 * position));
      EXPECT_TRUE(std::equal(shown.labels, shown.labels + shown.count,
                             expected.labels.begin() + position));
      const Samples next = source->Next(4);
      EXPECT_EQ(next.count, shown.count);
      EXPECT_EQ(next.data, shown.data);
      EXPECT_EQ(next.labels, shown.labels);
      source->Release();
    }
  }
}

TEST(PrefetcherPeekTest, LeavesSeekAlone) {
  const auto source = MakeSource(RandomDataset(), TRAIN, 2, 8);
  const Batch expected =
      ReadBatch(MakeSource(RandomDataset(), TRAIN, 0, 1).get(), 12);
  ReadBatch(source.get(), 4);
  source->Peek(4);
  source->Seek(0);
  EXPECT_EQ(source->Peek(12).count, 8);
  EXPECT_TRUE(ReadBatch(source.get(), 12) == expected);
}

TEST(PrefetcherPeekTest, NothingIsShownWhereNothingIsMadeAhead) {
  const auto source = MakeSource(RandomDataset(), TRAIN, 0, 8);
  EXPECT_EQ(source->Peek(4).count, 0);
}

// What is wrong with a sample is said when it is handed out.
TEST(PrefetcherPeekTest, SaysNothingOfBrokenImages) {
  BrokenImages broken = {3};
  const auto source =
      MakeSource(std::make_unique<BrokenDataset>(&broken), TEST, 2, 8);
  EXPECT_EQ(source->Peek(8).count, 8);
  EXPECT_OK(source->status());
  ReadBatch(source.get(), 3);
  EXPECT_OK(source->status());
  ReadBatch(source.get(), 1);
  EXPECT_THAT(source->status(), StatusIs(absl::StatusCode::kInvalidArgument,
                                         HasSubstr("broken 3")));
  const auto skipping =
      MakeSource(std::make_unique<BrokenDataset>(&broken), TRAIN, 2, 2 * 13, 1,
                 /*skips=*/true);
  skipping->Peek(kNumSamples);
  EXPECT_EQ(skipping->num_skipped(), 0);
  ReadBatch(skipping.get(), kNumSamples);
  EXPECT_EQ(skipping->num_skipped(), 1);
}

}  // namespace
}  // namespace tamp
