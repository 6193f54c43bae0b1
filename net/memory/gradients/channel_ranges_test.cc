#include "net/memory/gradients/channel_ranges.h"

#include <cstdint>
#include <vector>

#include "core/rng.h"
#include "gtest/gtest.h"

namespace tamp {
namespace {

// Against a mark for each channel, over random ranges, empty ones too.
TEST(ChannelRangesTest, IsASetOfChannels) {
  constexpr uint32_t kChannels = 24;
  for (uint64_t seed = 0; seed < 200; ++seed) {
    RandomStream random(seed);
    const auto draw = [&] {
      const int64_t begin = random.UniformInt(kChannels);
      return Range{begin, begin + random.UniformInt(kChannels + 1 - begin)};
    };
    ChannelRanges set;
    std::vector<bool> marks(kChannels);
    for (int i = 0; i < 6; ++i) {
      const Range added = draw();
      set.Add(added);
      for (int64_t c = added.begin; c < added.end; ++c) marks[c] = true;

      const Range asked = draw();
      std::vector<bool> is_missing(kChannels);
      int64_t last = -1;
      for (const Range& range : set.Missing(asked)) {
        EXPECT_GT(range.size(), 0);
        EXPECT_GT(range.begin, last);
        last = range.end;
        for (int64_t c = range.begin; c < range.end; ++c) is_missing[c] = true;
      }
      for (int64_t c = 0; c < kChannels; ++c) {
        const bool is_asked = asked.begin <= c && c < asked.end;
        EXPECT_EQ(is_missing[c], is_asked && !marks[c])
            << "channel " << c << ", seed " << seed;
      }
    }
  }
}

TEST(ChannelRangesTest, CostsNothingForManyChannels) {
  constexpr int64_t kMany = int64_t{1} << 40;
  ChannelRanges set;
  set.Add({1, kMany});
  const std::vector<Range> missing = set.Missing({0, kMany + 1});
  ASSERT_EQ(missing.size(), 2u);
  EXPECT_EQ(missing[0].end, 1);
  EXPECT_EQ(missing[1].begin, kMany);
}

}  // namespace
}  // namespace tamp
