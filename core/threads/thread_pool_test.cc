#include "core/threads/thread_pool.h"

#include <pthread.h>
#include <sys/resource.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <thread>
#include <vector>

#include "gtest/gtest.h"

namespace tamp {
namespace {

using std::chrono::milliseconds;

TEST(ThreadPoolTest, RunsEachTileOnce) {
  for (const int threads : {1, 2, 3, 8}) {
    ThreadPool pool(threads);
    EXPECT_EQ(pool.num_threads(), threads);
    for (const int64_t tiles : {0, 1, 2, 7, 100}) {
      std::vector<int> runs(tiles, 0);
      pool.ParallelFor(tiles, [&](int64_t tile) { ++runs[tile]; });
      EXPECT_EQ(runs, std::vector<int>(tiles, 1)) << threads << " " << tiles;
    }
  }
}

// Loops that are over before most workers come to them. What a loop wrote
// without atomics the next one reads on other threads, and a body dies with its
// loop: ThreadSanitizer and AddressSanitizer see a worker that is late.
TEST(ThreadPoolTest, ManyShortLoops) {
  constexpr int kLoops = 20'000, kMaxTiles = 9;
  for (const int threads : {2, 3, 8}) {
    ThreadPool pool(threads);
    std::vector<int64_t> sums(kMaxTiles, 0);
    int64_t expected = 0;
    for (int i = 0; i < kLoops; ++i) {
      const int64_t tiles = 1 + i % kMaxTiles;
      const std::vector<int64_t> terms(tiles, i);
      pool.ParallelFor(
          tiles, [&](int64_t tile) { sums[tiles - 1 - tile] += terms[tile]; });
      expected += tiles * i;
    }
    int64_t total = 0;
    for (const int64_t sum : sums) total += sum;
    EXPECT_EQ(total, expected) << threads;
  }
}

// The same with workers that have gone to sleep between the loops, and a caller
// that sleeps at the end of each.
TEST(ThreadPoolTest, WakesSleepers) {
  for (const int threads : {2, 5}) {
    ThreadPool pool(threads);
    for (int i = 0; i < 100; ++i) {
      std::this_thread::sleep_for(std::chrono::microseconds(i % 3 * 200));
      std::vector<int> runs(2 * threads, 0);
      pool.ParallelFor(runs.size(), [&](int64_t tile) {
        if (tile == 1) std::this_thread::sleep_for(milliseconds(1));
        ++runs[tile];
      });
      ASSERT_EQ(runs, std::vector<int>(2 * threads, 1)) << threads << " " << i;
    }
  }
}

// Whoever has tile 0 waits until all others are done, by other threads: with
// tiles handed out beforehand this would never end.
TEST(ThreadPoolTest, ADelayedThreadDelaysOnlyItsTile) {
  ThreadPool pool(2);
  constexpr int64_t kTiles = 50;
  for (int i = 0; i < 20; ++i) {
    std::atomic<int64_t> num_others{0};
    pool.ParallelFor(kTiles, [&](int64_t tile) {
      if (tile > 0) {
        ++num_others;
      } else {
        while (num_others < kTiles - 1) std::this_thread::yield();
      }
    });
    EXPECT_EQ(num_others, kTiles - 1);
  }
}

// One processor: the caller does it all, since nobody is woken. Before, workers
// must have gone to sleep, which takes a while on a busy machine.
TEST(ThreadPoolTest, WakesNoMoreThanThereAreProcessorsFor) {
  ThreadPool pool(4, /*max_awake=*/1);
  const std::thread::id caller = std::this_thread::get_id();
  std::atomic<int> num_by_others{1};
  for (int attempt = 0; attempt < 100 && num_by_others > 0; ++attempt) {
    std::this_thread::sleep_for(milliseconds(20));
    num_by_others = 0;
    pool.ParallelFor(50, [&](int64_t) {
      std::this_thread::sleep_for(std::chrono::microseconds(100));
      if (std::this_thread::get_id() != caller) ++num_by_others;
    });
  }
  EXPECT_EQ(num_by_others, 0);
}

double ProcessorSeconds() {
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         1e-6 * double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

// Seven threads that spin would take up to 3.5 seconds here, and on one
// processor half a second.
TEST(ThreadPoolTest, IdleThreadsSleep) {
  ThreadPool pool(8);
  std::atomic<int> num_runs{0};
  pool.ParallelFor(64, [&](int64_t) { ++num_runs; });
  EXPECT_EQ(num_runs, 64);
  std::this_thread::sleep_for(milliseconds(20));
  const double before = ProcessorSeconds();
  std::this_thread::sleep_for(milliseconds(500));
  EXPECT_LT(ProcessorSeconds() - before, 0.1);
}

// So does a caller that waits for the last tile of a worker.
TEST(ThreadPoolTest, AWaitingCallerSleeps) {
  ThreadPool pool(2);
  const std::thread::id caller = std::this_thread::get_id();
  std::atomic<bool> worker_has_one{false};
  const double before = ProcessorSeconds();
  pool.ParallelFor(2, [&](int64_t) {
    if (std::this_thread::get_id() != caller) {
      worker_has_one = true;
      std::this_thread::sleep_for(milliseconds(500));
    } else {
      while (!worker_has_one) std::this_thread::sleep_for(milliseconds(1));
    }
  });
  EXPECT_LT(ProcessorSeconds() - before, 0.1);
}

// As where the number of processes is limited: every start fails, for want of
// memory for a stack.
TEST(ThreadPoolTest, DoesWithTheThreadsThatItGets) {
  pthread_attr_t old, huge;
  ASSERT_EQ(pthread_getattr_default_np(&old), 0);
  ASSERT_EQ(pthread_getattr_default_np(&huge), 0);
  ASSERT_EQ(pthread_attr_setstacksize(&huge, size_t{1} << 60), 0);
  ASSERT_EQ(pthread_setattr_default_np(&huge), 0);
  testing::internal::CaptureStderr();
  ThreadPool pool(4);
  EXPECT_EQ(testing::internal::GetCapturedStderr().find(
                "warning: the system gives 1 of 4 threads: "),
            0u);
  ASSERT_EQ(pthread_setattr_default_np(&old), 0);
  EXPECT_EQ(pool.num_threads(), 1);
  int num_runs = 0;
  pool.ParallelFor(5, [&](int64_t) { ++num_runs; });
  EXPECT_EQ(num_runs, 5);
}

TEST(ThreadPoolDeathTest, ALoopInALoopIsOurMistake) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(
      {
        ThreadPool pool(2);
        pool.ParallelFor(2,
                         [&](int64_t) { pool.ParallelFor(2, [](int64_t) {}); });
      },
      "a loop in a loop");
}

}  // namespace
}  // namespace tamp
