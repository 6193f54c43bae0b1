#include "data/samples/prefetcher.h"

#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <new>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "core/rank.h"
#include "data/datasets/dataset.h"
#include "data/samples/prefetcher_test_source.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/util/read_batch.h"
#include "tests/util/status_matchers.h"
#include "tests/util/test_files.h"

namespace {
std::atomic<int64_t> num_allocations{0};
}  // namespace

// Counts every allocation of this program.
[[gnu::noinline]] void* operator new(std::size_t size) {
  ++num_allocations;
  void* memory = std::malloc(size);
  if (memory == nullptr) std::abort();
  return memory;
}
[[gnu::noinline]] void operator delete(void* memory) noexcept {
  std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}

namespace tamp {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

TEST(PrefetcherTest, SameBatchesForAnyThreadsCapacityAndBatchSize) {
  const auto plain = MakeSource(RandomDataset(), TRAIN, 0, 1);
  const Batch expected = ReadBatch(plain.get(), 60);  // several epochs
  for (const int num_workers : {1, 2, 3, 7}) {
    for (const int64_t capacity : {1, 4, 100}) {
      for (const int64_t batch_size : {1, 4, 15, 60}) {
        const auto source =
            MakeSource(RandomDataset(), TRAIN, num_workers, capacity);
        Batch all;
        for (int64_t i = 0; i < 60; i += batch_size) {
          const Batch batch = ReadBatch(source.get(), batch_size);
          all.data.insert(all.data.end(), batch.data.begin(), batch.data.end());
          all.labels.insert(all.labels.end(), batch.labels.begin(),
                            batch.labels.end());
        }
        EXPECT_EQ(source->position(), 60);
        EXPECT_TRUE(all == expected) << num_workers << " workers, capacity "
                                     << capacity << ", batch " << batch_size;
      }
    }
  }
}

// As where the number of processes is limited: every start fails, for want of
// memory for a stack.
TEST(PrefetcherTest, DoesWithTheThreadsThatItGets) {
  const Batch expected =
      ReadBatch(MakeSource(RandomDataset(), TRAIN, 0, 1).get(), 9);
  const auto source = MakeSource(RandomDataset(), TRAIN, 2, 4);
  pthread_attr_t old, huge;
  ASSERT_EQ(pthread_getattr_default_np(&old), 0);
  ASSERT_EQ(pthread_getattr_default_np(&huge), 0);
  ASSERT_EQ(pthread_attr_setstacksize(&huge, size_t{1} << 60), 0);
  ASSERT_EQ(pthread_setattr_default_np(&huge), 0);
  testing::internal::CaptureStderr();
  const Batch batch = ReadBatch(source.get(), 9);
  EXPECT_THAT(testing::internal::GetCapturedStderr(),
              HasSubstr("warning: the system gives 0 of 2 threads"));
  ASSERT_EQ(pthread_setattr_default_np(&old), 0);
  EXPECT_TRUE(batch == expected);
}

TEST(PrefetcherTest, SeedsAndEpochsDiffer) {
  const auto source = MakeSource(RandomDataset(), TRAIN, 0, 1);
  const auto other = MakeSource(RandomDataset(), TRAIN, 0, 1, 2);
  const Batch first = ReadBatch(source.get(), kNumSamples);
  const Batch second = ReadBatch(source.get(), kNumSamples);
  EXPECT_NE(first.labels, second.labels);
  EXPECT_NE(first.labels, ReadBatch(other.get(), kNumSamples).labels);
  // The same image is augmented differently in another epoch.
  const auto pixels = [](const Batch& batch, float label) {
    const auto at = std::find(batch.labels.begin(), batch.labels.end(), label);
    const auto begin = batch.data.begin() + (at - batch.labels.begin()) * 192;
    return std::vector<float>(begin, begin + 192);
  };
  EXPECT_NE(pixels(first, 4), pixels(second, 4));
  EXPECT_EQ(std::set<float>(first.labels.begin(), first.labels.end()).size(),
            size_t{kNumSamples});
}

TEST(PrefetcherTest, SeekGoesAnywhere) {
  const auto source = MakeSource(RandomDataset(), TRAIN, 3, 8);
  const Batch from_start = ReadBatch(source.get(), 50);
  for (const int64_t position : {50, 0, 7, 39, 12, 13}) {
    source->Seek(position);
    EXPECT_EQ(source->position(), position);
    if (position >= 50) continue;
    const Batch batch = ReadBatch(source.get(), 50 - position);
    EXPECT_EQ(batch.labels,
              std::vector<float>(from_start.labels.begin() + position,
                                 from_start.labels.end()));
    EXPECT_EQ(batch.data,
              std::vector<float>(from_start.data.begin() + 192 * position,
                                 from_start.data.end()));
  }
  const auto unused = MakeSource(RandomDataset(), TRAIN, 3, 8);
  unused->Seek(49);
  EXPECT_EQ(ReadBatch(unused.get(), 1).labels[0], from_start.labels[49]);
}

TEST(PrefetcherTest, TestPhaseGivesEachSampleOnceInOrder) {
  const auto source = MakeSource(RandomDataset(), TEST, 2, 8);
  EXPECT_THAT(ReadBatch(source.get(), 8).labels,
              ElementsAre(0, 1, 2, 3, 4, 5, 6, 7));
  EXPECT_THAT(ReadBatch(source.get(), 5).labels, ElementsAre(8, 9, 10, 11, 12));
  const Batch again = ReadBatch(source.get(), 13);
  source->Seek(0);
  EXPECT_TRUE(ReadBatch(source.get(), 13) == again);
}

TEST(PrefetcherTest, HandsOutWhereSamplesLie) {
  for (const int num_workers : {0, 2}) {
    const auto expected = ReadBatch(
        MakeSource(RandomDataset(), TRAIN, 0, 1).get(), 3 * kNumSamples);
    const auto source = MakeSource(RandomDataset(), TRAIN, num_workers, 5);
    while (source->position() < 3 * kNumSamples) {
      const int64_t position = source->position();
      const Samples samples = source->Next(4);
      ASSERT_GE(samples.count, 1);
      // Not more than was asked for, nor around the end of the ring.
      ASSERT_LE(samples.count, std::min<int64_t>(4, 5 - position % 5));
      EXPECT_EQ(source->position(), position);
      if (position + samples.count > 3 * kNumSamples) break;
      EXPECT_TRUE(std::equal(samples.data, samples.data + 192 * samples.count,
                             expected.data.begin() + 192 * position));
      EXPECT_TRUE(std::equal(samples.labels, samples.labels + samples.count,
                             expected.labels.begin() + position));
      source->Release();
      EXPECT_EQ(source->position(), position + samples.count);
    }
  }
}

// What was handed out is left alone while others are made.
TEST(PrefetcherTest, KeepsWhatIsNotReleased) {
  const auto source = MakeSource(RandomDataset(), TRAIN, 3, 2);
  const Samples samples = source->Next(1);
  const std::vector<float> before(samples.data, samples.data + 192);
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_EQ(std::vector<float>(samples.data, samples.data + 192), before);
  source->Release();
}

TEST(PrefetcherTest, BrokenImagesAreZerosAndAStatus) {
  BrokenImages broken = {3, 5};
  for (const int num_workers : {0, 2}) {
    const auto source = MakeSource(std::make_unique<BrokenDataset>(&broken),
                                   TEST, num_workers, 8);
    ReadBatch(source.get(), 3);
    EXPECT_OK(source->status());
    const Batch batch = ReadBatch(source.get(), 4);
    EXPECT_THAT(source->status(), StatusIs(absl::StatusCode::kInvalidArgument,
                                           HasSubstr("broken 3")));
    EXPECT_THAT(batch.labels, ElementsAre(3, 4, 5, 6));
    EXPECT_EQ(std::vector<float>(batch.data.begin(), batch.data.begin() + 192),
              std::vector<float>(192, 0));
    EXPECT_NE(batch.data[192 + 30], 0);
  }
}

// The samples of a batch, each as its pixels and its label.
std::vector<Batch> Split(const Batch& batch) {
  std::vector<Batch> samples;
  for (size_t i = 0; i < batch.labels.size(); ++i) {
    const auto begin = batch.data.begin() + 192 * i;
    samples.push_back({{begin, begin + 192}, {batch.labels[i]}});
  }
  return samples;
}

TEST(PrefetcherTest, OthersTakeThePlaceOfBrokenImagesInTraining) {
  const auto whole = MakeSource(RandomDataset(), TRAIN, 0, 1);
  const std::vector<Batch> expected = Split(ReadBatch(whole.get(), 52));
  BrokenImages broken = {3, 5};
  std::vector<Batch> first;
  for (const int num_workers : {0, 1, 3}) {
    const auto source = MakeSource(std::make_unique<BrokenDataset>(&broken),
                                   TRAIN, num_workers, 8, 1, /*skips=*/true);
    const std::vector<Batch> samples = Split(ReadBatch(source.get(), 52));
    EXPECT_OK(source->status());
    EXPECT_EQ(source->num_samples(), kNumSamples);
    int num_replaced = 0;
    std::set<float> replacements;
    for (int i = 0; i < 52; ++i) {
      const float label = expected[i].labels[0];  // its number
      if (!broken.Has(label)) {
        EXPECT_TRUE(samples[i] == expected[i]) << i;
        continue;
      }
      ++num_replaced;
      const float other = samples[i].labels[0];
      EXPECT_FALSE(broken.Has(other));
      replacements.insert(other);
      // Neither zeros nor what the same image is elsewhere in the epoch.
      EXPECT_NE(samples[i].data, std::vector<float>(192, 0));
      EXPECT_EQ(std::count(samples.begin(), samples.end(), samples[i]), 1);
    }
    EXPECT_EQ(num_replaced, 8);  // in four epochs
    EXPECT_GT(replacements.size(), 2u);
    // The same for any number of threads, and after any Seek.
    if (first.empty()) first = samples;
    EXPECT_TRUE(samples == first);
    source->Seek(20);
    const std::vector<Batch> again = Split(ReadBatch(source.get(), 32));
    EXPECT_TRUE(std::equal(again.begin(), again.end(), first.begin() + 20));
    EXPECT_EQ(source->num_skipped(), 2);
    EXPECT_THAT(source->TakeNotices(),
                UnorderedElementsAre("skipped: broken 3", "skipped: broken 5"));
    EXPECT_THAT(source->TakeNotices(), IsEmpty());
  }
}

TEST(PrefetcherTest, NothingIsLeftToTakeAPlace) {
  BrokenImages broken;
  const auto source = MakeSource(std::make_unique<BrokenDataset>(&broken),
                                 TRAIN, 0, 1, 1, /*skips=*/true);
  ReadBatch(source.get(), 5);
  EXPECT_OK(source->status());
  for (int i = 0; i < kNumSamples; ++i) broken.Add(i);
  ReadBatch(source.get(), 1);
  EXPECT_THAT(source->status(),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("broken "), HasSubstr("1000 others"))));
}

TEST(PrefetcherTest, BrokenImagesLeaveTheTestSet) {
  for (const int num_workers : {0, 2}) {
    BrokenImages broken = {1, 3, 5};
    // Of these, opening has found 1.
    const auto source = MakeSource(
        std::make_unique<BrokenDataset>(&broken, std::vector<int64_t>{1}), TEST,
        num_workers, 8, 1, /*skips=*/true);
    EXPECT_EQ(source->num_samples(), 12);
    EXPECT_EQ(source->num_skipped(), 1);
    ReadBatch(source.get(), 4);
    EXPECT_EQ(source->num_skipped(), 2);
    EXPECT_EQ(source->num_samples(), 12);
    ReadBatch(source.get(), 8);
    EXPECT_EQ(source->num_skipped(), 3);
    EXPECT_OK(source->status());
    source->Seek(0);
    EXPECT_EQ(source->num_samples(), 10);
    EXPECT_THAT(ReadBatch(source.get(), 10).labels,
                ElementsAre(0, 2, 4, 6, 7, 8, 9, 10, 11, 12));
    EXPECT_EQ(source->num_skipped(), 3);
    EXPECT_THAT(source->TakeNotices(),
                ElementsAre("skipped: broken 3", "skipped: broken 5"));
    for (int i = 0; i < kNumSamples; ++i) broken.Add(i);
    source->Seek(0);
    ReadBatch(source.get(), 10);
    source->Seek(0);
    EXPECT_THAT(source->status(),
                StatusIs(absl::StatusCode::kFailedPrecondition,
                         "broken: none of the images can be read any more"));
  }
}

using Ranks = std::vector<std::unique_ptr<BatchSource>>;

Ranks MakeRanks(int count, Phase phase, const BrokenImages* broken) {
  Ranks ranks;
  for (int i = 0; i < count; ++i) {
    ranks.push_back(MakeSource(std::make_unique<BrokenDataset>(broken), phase,
                               i, 8, 1, /*skips=*/true, {i, count}));
  }
  return ranks;
}

// Batches of all ranks together: sample i of rank r is number i n + r of them.
std::vector<Batch> ReadFromRanks(const Ranks& ranks, int64_t batch_size) {
  std::vector<Batch> all(batch_size * ranks.size());
  for (size_t r = 0; r < ranks.size(); ++r) {
    const auto batch = Split(ReadBatch(ranks[r].get(), batch_size));
    for (int64_t i = 0; i < batch_size; ++i) {
      all[i * ranks.size() + r] = batch[i];
    }
  }
  return all;
}

// Over several epochs, across their ends, after a Seek, and with images that
// others take the place of.
TEST(PrefetcherTest, RanksShareTheBatchesOfOne) {
  BrokenImages broken = {3, 5};
  for (const int count : {1, 2, 3}) {
    const auto alone = std::move(MakeRanks(1, TRAIN, &broken)[0]);
    const Ranks ranks = MakeRanks(count, TRAIN, &broken);
    for (const int64_t begin : {0, 40, 11}) {
      alone->Seek(begin);
      for (const auto& rank : ranks) rank->Seek(begin);
      for (int batch = 0; batch < 4; ++batch) {
        const std::vector<Batch> expected =
            Split(ReadBatch(alone.get(), 4 * count));
        EXPECT_TRUE(ReadFromRanks(ranks, 4) == expected)
            << count << " ranks from " << begin << ", batch " << batch;
        for (const auto& rank : ranks) {
          EXPECT_OK(rank->status());
          EXPECT_EQ(rank->position(), alone->position());
        }
      }
    }
  }
}

// What one rank finds unreadable the others leave out as well.
TEST(PrefetcherTest, RanksLeaveOutTheSame) {
  BrokenImages broken = {3, 5, 12};
  const auto alone = std::move(MakeRanks(1, TEST, &broken)[0]);
  ReadBatch(alone.get(), kNumSamples);
  alone->Seek(0);
  ASSERT_EQ(alone->num_samples(), 10);

  const Ranks ranks = MakeRanks(2, TEST, &broken);
  ReadFromRanks(ranks, 7);
  EXPECT_THAT(ranks[0]->skipped(), ElementsAre(12));
  EXPECT_THAT(ranks[1]->skipped(), ElementsAre(3, 5));
  const std::vector<int64_t> of_first = ranks[0]->skipped();
  ranks[0]->Skip(ranks[1]->skipped());
  ranks[1]->Skip(of_first);
  EXPECT_THAT(ranks[1]->TakeNotices(),
              ElementsAre("skipped: broken 3", "skipped: broken 5"));
  for (const auto& rank : ranks) {
    EXPECT_THAT(rank->skipped(), ElementsAre(3, 5, 12));
    EXPECT_EQ(rank->num_samples(), kNumSamples);
    rank->Seek(0);
    EXPECT_EQ(rank->num_samples(), 10);
  }
  EXPECT_TRUE(ReadFromRanks(ranks, 5) == Split(ReadBatch(alone.get(), 10)));
}

TEST(PrefetcherTest, AllocatesNothingAfterTheFirstBatch) {
  for (const int num_workers : {0, 2}) {
    const auto source = MakeSource(RandomDataset(), TRAIN, num_workers, 8);
    Batch batch = ReadBatch(source.get(), 4);
    const int64_t before = num_allocations;
    EXPECT_GT(before, 0);
    for (int i = 0; i < 40; ++i) {
      source->Peek(4);
      ReadBatch(source.get(), 4, &batch);
    }
    source->Seek(3);
    ReadBatch(source.get(), 4, &batch);
    EXPECT_EQ(num_allocations, before) << num_workers << " workers";
  }
}

TEST(PrefetcherTest, StoppingInTheMiddleNeverHangs) {
  for (int i = 0; i < 20; ++i) {
    const auto source = MakeSource(RandomDataset(), TRAIN, 3, 5);
    if (i % 2 == 0) ReadBatch(source.get(), 1 + i);
  }
}

}  // namespace
}  // namespace tamp
