#include "kernels/broadcast.h"

#include <cstdint>
#include <vector>

#include "gtest/gtest.h"

namespace tamp {
namespace {

// All ways in which b can lie along the axes of x = [2, 3, 4, 5].
const Broadcast kCases[] = {
    {{2, 3, 20}, {2, 1, 1}, 60},   // [2]
    {{2, 3, 20}, {3, 1, 1}, 20},   // [3]
    {{2, 3, 20}, {5, 1, 1}, 1},    // [5]
    {{2, 3, 20}, {2, 3, 1}, 20},   // [2, 3]
    {{2, 3, 20}, {3, 4, 1}, 5},    // [3, 4]
    {{2, 3, 20}, {4, 5, 1}, 1},    // [4, 5]
    {{2, 3, 20}, {2, 3, 20}, 1},   // [2, 3, 4, 5]
    {{2, 3, 20}, {1, 1, 1}, 120},  // a scalar
};

TEST(BroadcastTest, RunsCoverEachRowWithTheRightElement) {
  for (const Broadcast& broadcast : kCases) {
    std::vector<int64_t> element(120, -1);
    for (int64_t row = 0; row < 6; ++row) {
      broadcast.ForEachRun(row, [&](int64_t k, int64_t begin, int64_t count) {
        for (int64_t s = begin; s < begin + count; ++s) {
          EXPECT_EQ(element[row * 20 + s], -1);
          element[row * 20 + s] = k;
        }
      });
    }
    for (int64_t i = 0; i < 120; ++i) {
      EXPECT_EQ(element[i], i / broadcast.inner % broadcast.size());
    }
  }
}

TEST(BroadcastTest, PartsOfAnElementAreThoseOfTheRuns) {
  for (const Broadcast& broadcast : kCases) {
    std::vector<int64_t> element(120, -1);
    for (int64_t k = 0; k < broadcast.size(); ++k) {
      broadcast.ForEachPart(
          k, [&](int64_t n, int64_t c, int64_t begin, int64_t count) {
            for (int64_t s = begin; s < begin + count; ++s) {
              EXPECT_EQ(element[(n * 3 + c) * 20 + s], -1);
              element[(n * 3 + c) * 20 + s] = k;
            }
          });
    }
    for (int64_t i = 0; i < 120; ++i) {
      EXPECT_EQ(element[i], i / broadcast.inner % broadcast.size());
    }
  }
}

}  // namespace
}  // namespace tamp
