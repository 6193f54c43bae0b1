#include <cstdint>
#include <numeric>
#include <set>
#include <vector>

#include "gtest/gtest.h"
#include "tests/cuda_sim/device_memory.h"
#include "tests/cuda_sim/launch.h"
#include "tests/cuda_sim/options.h"
#include "tests/cuda_sim/simulator_kernels.cuh"

namespace tamp {
namespace {

using cuda_sim::Options;
using cuda_sim::ScopedOptions;

class SimulatorTest : public testing::TestWithParam<Options> {
 protected:
  const ScopedOptions options_{GetParam()};
};

TEST_P(SimulatorTest, ThreadsKnowTheirCoordinates) {
  std::vector<int> y(2 * 3 * 2 * 4 * 2 * 3, -1);
  LaunchKernel(WriteCoordinates, {dim3(2, 3, 2), dim3(4, 2, 3)}, y.data());
  size_t i = 0;
  for (int bz = 0; bz < 2; ++bz)
    for (int by = 0; by < 3; ++by)
      for (int bx = 0; bx < 2; ++bx)
        for (int tz = 0; tz < 3; ++tz)
          for (int ty = 0; ty < 2; ++ty)
            for (int tx = 0; tx < 4; ++tx)
              ASSERT_EQ(y[i++], bx * 100000 + by * 10000 + bz * 1000 +
                                    tx * 100 + ty * 10 + tz);
}

TEST_P(SimulatorTest, BarriersCount) {
  for (const int n : {0, 1, 39, 40}) {
    std::vector<int> count(40, -1), any(40, -1), all(40, -1);
    LaunchKernel(CountInBlock, {1, 40}, n, count.data(), any.data(),
                 all.data());
    EXPECT_EQ(count, std::vector<int>(40, n));
    EXPECT_EQ(any, std::vector<int>(40, n > 0));
    EXPECT_EQ(all, std::vector<int>(40, n == 40));
  }
}

TEST_P(SimulatorTest, LanesVote) {
  for (const uint32_t mask : {0xffffffffu, 0x0000ff00u, 0xaaaaaaaau, 0x5u}) {
    constexpr uint32_t kOdd = 0xaaaaaaaa;
    std::vector<uint32_t> ballot(32, 0);
    std::vector<int> any(32, -1), all(32, -1);
    LaunchKernel(Vote, {1, 32}, mask, ballot.data(), any.data(), all.data());
    for (int lane = 0; lane < 32; ++lane) {
      const bool votes = (mask >> lane & 1) != 0;
      EXPECT_EQ(ballot[lane], votes ? mask & kOdd : 0);
      EXPECT_EQ(any[lane], votes ? (mask & kOdd) != 0 : -1);
      EXPECT_EQ(all[lane], votes ? (mask & ~kOdd) == 0 : -1);
    }
  }
}

template <typename T>
void ExpectShuffles(int by, int width) {
  std::vector<T> from(32), up(32), down(32), exclusive(32);
  LaunchKernel(ShuffleNumbers<T>, {1, 32}, by, width, from.data(), up.data(),
               down.data(), exclusive.data());
  for (int lane = 0; lane < 32; ++lane) {
    const int begin = lane / width * width, i = lane - begin;
    EXPECT_EQ(from[lane], static_cast<T>(begin + by % width));
    EXPECT_EQ(up[lane], static_cast<T>(i >= by ? lane - by : lane));
    EXPECT_EQ(down[lane], static_cast<T>(i + by < width ? lane + by : lane));
    EXPECT_EQ(exclusive[lane],
              static_cast<T>((i ^ by) < width ? begin + (i ^ by) : lane));
  }
}

TEST_P(SimulatorTest, LanesShuffle) {
  for (const int width : {32, 8, 1}) {
    for (const int by : {0, 1, 5, 16}) {
      ExpectShuffles<float>(by, width);
      ExpectShuffles<double>(by, width);
      ExpectShuffles<int64_t>(by, width);
    }
  }
}

TEST_P(SimulatorTest, HalvesOfAWarpAreIndependent) {
  std::vector<int> sums(32);
  LaunchKernel(SumHalfWarps, {1, 32}, sums.data());
  for (int i = 0; i < 32; ++i) EXPECT_EQ(sums[i], i < 16 ? 120 : 376);
}

TEST_P(SimulatorTest, WarpSynchronizes) {
  std::vector<int> x(32);
  std::iota(x.begin(), x.end(), 1);
  int sum = -1;
  LaunchKernel(SumWarpInShared, {1, 32}, x.data(), &sum);
  EXPECT_EQ(sum, 32 * 33 / 2);
}

template <typename T>
void ExpectAtomicSum() {
  T sum = 0;
  LaunchKernel(AddAtomically<T>, {7, 33}, &sum);
  EXPECT_EQ(sum, static_cast<T>(7 * 33 * (7 * 33 - 1) / 2));
}

template <typename T>
void ExpectAtomicExtremes() {
  T largest = 5, smallest = 5;
  LaunchKernel(FindExtremesAtomically<T>, {7, 33}, &largest, &smallest);
  EXPECT_EQ(largest, static_cast<T>(7 * 33 - 1));
  EXPECT_EQ(smallest, static_cast<T>(0));
}

TEST_P(SimulatorTest, AtomicsOfAllBlocks) {
  ExpectAtomicSum<int>();
  ExpectAtomicSum<float>();
  ExpectAtomicSum<double>();
  ExpectAtomicExtremes<unsigned>();
  ExpectAtomicExtremes<long long>();
}

TEST_P(SimulatorTest, LockLetsOneThreadIn) {
  int lock = 0, next = 0;
  std::vector<int> tickets(5 * 9, -1);
  LaunchKernel(TakeTickets, {5, 9}, &lock, &next, tickets.data());
  EXPECT_EQ(std::set<int>(tickets.begin(), tickets.end()).size(), 45u);
  EXPECT_EQ(next, 45);
}

TEST_P(SimulatorTest, ResidentBlocksRunAtTheSameTime) {
  std::vector<int> arrived(2, 0);
  LaunchKernel(Meet, {2, 4}, arrived.data());
  EXPECT_EQ(arrived, std::vector<int>(2, 1));
}

TEST_P(SimulatorTest, FencesOrderBlocks) {
  std::vector<int> x(8), parts(8, 0);
  std::iota(x.begin(), x.end(), 1);
  int arrived = 0, sum = -1;
  LaunchKernel(AddInLastBlock, {8, 4}, x.data(), parts.data(), &arrived, &sum);
  EXPECT_EQ(sum, 36);
}

TEST_P(SimulatorTest, SharedMemoryIsFilledForEveryBlock) {
  std::vector<uint32_t> y(9, 0);
  LaunchKernel(ReadSharedFirst, {9, 4, 2 * sizeof(uint32_t)}, y.data());
  EXPECT_EQ(y, std::vector<uint32_t>(9, 0xffffffff));
}

INSTANTIATE_TEST_SUITE_P(Orders, SimulatorTest,
                         testing::ValuesIn(cuda_sim::AllOrders()));

std::vector<int> RecordedOrder(const Options& options) {
  const ScopedOptions scoped(options);
  int num = 0;
  std::vector<int> order(5 * 40, -1);
  LaunchKernel(RecordOrder, {5, 40}, &num, order.data());
  return order;
}

TEST(OrderTest, IsTheSameForTheSameOptions) {
  std::set<std::vector<int>> orders;
  for (const Options& options : cuda_sim::AllOrders()) {
    const std::vector<int> order = RecordedOrder(options);
    EXPECT_EQ(RecordedOrder(options), order) << cuda_sim::OrderName(options);
    orders.insert(order);
  }
  EXPECT_EQ(orders.size(), cuda_sim::AllOrders().size());
}

TEST(OrderTest, AlternatesBetweenResidentBlocks) {
  Options options;
  options.resident_blocks = 2;
  const std::vector<int> order = RecordedOrder(options);
  EXPECT_EQ(order[0] / 40, 0);
  EXPECT_EQ(order[40] / 40, 1);
  options.order = cuda_sim::Order::kReverse;
  EXPECT_EQ(RecordedOrder(options)[0], 4 * 40 + 39);
}

TEST(LaunchDeathTest, RefusesWhatDevicesRefuse) {
  int y = 0;
  EXPECT_DEATH(LaunchKernel(WriteCoordinates, {1, 1025}, &y), "a block of");
  EXPECT_DEATH(LaunchKernel(WriteCoordinates, {1, dim3(1, 1, 65)}, &y),
               "a block of");
  EXPECT_DEATH(LaunchKernel(WriteCoordinates, {1, 0}, &y), "a block of");
  EXPECT_DEATH(LaunchKernel(WriteCoordinates, {0, 1}, &y), "a grid of");
  EXPECT_DEATH(LaunchKernel(WriteCoordinates, {dim3(1, 65536), 1}, &y),
               "a grid of");
  EXPECT_DEATH(LaunchKernel(WriteCoordinates, {1, 1, (48 << 10) + 1}, &y),
               "bytes of shared memory");
}

TEST(DeviceMemoryTest, EndsWithItsLastElement) {
  cuda_sim::DeviceMemory<int> memory({1, 2, 3});
  EXPECT_EQ(memory.values(), (std::vector<int>{1, 2, 3}));
  volatile int* data = memory.data();
  EXPECT_DEATH(data[3] = 0, "");
}

}  // namespace
}  // namespace tamp
