#include "net/memory/place_buffers.h"

#include <cstdint>
#include <vector>

#include "core/device/memory_traits.h"
#include "core/rng.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace tamp {
namespace {

using testing::ElementsAre;

BufferRequest Request(int64_t bytes, int first, int last) {
  BufferRequest request;
  request.bytes = bytes;
  request.life = {first, last};
  return request;
}

MemoryPlan Plan(const std::vector<BufferRequest>& requests,
                int64_t alignment = 64) {
  MemoryTraits traits;
  traits.alignment = alignment;
  return PlaceBuffers(requests, traits);
}

TEST(PlaceBuffersTest, EmptyPlan) { EXPECT_EQ(Plan({}).total_bytes, 0); }

TEST(PlaceBuffersTest, AlignsAsTheDeviceAsks) {
  const std::vector<BufferRequest> requests = {Request(100, 0, 1),
                                               Request(80, 0, 1)};
  EXPECT_THAT(Plan(requests, 64).offsets, ElementsAre(0, 128));
  EXPECT_THAT(Plan(requests, 256).offsets, ElementsAre(0, 256));
  EXPECT_EQ(Plan(requests, 64).peak_bytes, 256);
  EXPECT_EQ(Plan(requests, 256).total_bytes, 512);
}

TEST(PlaceBuffersTest, ReusesMemoryOfTheDead) {
  const std::vector<BufferRequest> requests = {
      Request(128, 0, 1), Request(128, 1, 2), Request(128, 2, 3)};
  const MemoryPlan plan = Plan(requests);
  EXPECT_THAT(plan.offsets, ElementsAre(0, 128, 0));
  EXPECT_EQ(plan.total_bytes, 256);
  EXPECT_EQ(plan.peak_bytes, 256);
  EXPECT_EQ(plan.peak_step, 1);
}

TEST(PlaceBuffersTest, FillsGaps) {
  // The first two leave a hole where the third fits while the second lives.
  const std::vector<BufferRequest> requests = {
      Request(256, 0, 1), Request(192, 0, 3), Request(100, 2, 3)};
  const MemoryPlan plan = Plan(requests);
  EXPECT_EQ(plan.offsets[2], 0);
  EXPECT_EQ(plan.total_bytes, 448);
}

TEST(PlaceBuffersTest, LiveBuffersNeverOverlap) {
  for (uint64_t seed = 0; seed < 50; ++seed) {
    RandomStream random(seed);
    std::vector<BufferRequest> requests;
    for (int i = 0; i < 60; ++i) {
      const int first = static_cast<int>(random.UniformInt(40));
      requests.push_back(Request(random.UniformInt(5000), first,
                                 first + random.UniformInt(20)));
    }
    const MemoryPlan plan = Plan(requests);
    EXPECT_GE(plan.total_bytes, plan.peak_bytes);
    for (size_t i = 0; i < requests.size(); ++i) {
      EXPECT_EQ(plan.offsets[i] % 64, 0);
      EXPECT_LE(plan.offsets[i] + requests[i].bytes, plan.total_bytes);
      for (size_t j = 0; j < i; ++j) {
        const Life& a = requests[i].life;
        const Life& b = requests[j].life;
        const bool both_live = a.first <= b.last && b.first <= a.last;
        const bool disjoint =
            plan.offsets[i] + requests[i].bytes <= plan.offsets[j] ||
            plan.offsets[j] + requests[j].bytes <= plan.offsets[i];
        EXPECT_TRUE(!both_live || disjoint) << seed << ": " << i << " " << j;
      }
    }
  }
}

}  // namespace
}  // namespace tamp
