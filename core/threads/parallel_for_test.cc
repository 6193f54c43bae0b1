#include "core/threads/parallel_for.h"

#include <cstdint>
#include <vector>

#include "core/threads/tiles.h"
#include "gtest/gtest.h"

namespace tamp {
namespace {

TEST(ParallelForTest, RunsEachTileOnce) {
  for (const int threads : {1, 2, 3, 8}) {
    for (const int64_t tiles : {0, 1, 2, 7, 100}) {
      std::vector<int> runs(tiles, 0);
      ParallelFor(threads, tiles, [&](int64_t tile) { ++runs[tile]; });
      EXPECT_EQ(runs, std::vector<int>(tiles, 1)) << threads << " " << tiles;
    }
  }
}

TEST(TileRangeTest, CoversAllWorkEvenly) {
  for (const int64_t total : {0, 1, 5, 64, 1001}) {
    for (const int64_t tiles : {1, 2, 3, 7, 64}) {
      int64_t next = 0;
      for (int64_t tile = 0; tile < tiles; ++tile) {
        const Range range = TileRange(total, tiles, tile);
        EXPECT_EQ(range.begin, next);
        EXPECT_GE(range.size(), total / tiles);
        EXPECT_LE(range.size(), total / tiles + 1);
        next = range.end;
      }
      EXPECT_EQ(next, total);
    }
  }
}

}  // namespace
}  // namespace tamp
