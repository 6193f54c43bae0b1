#include "core/threads/thread_pool.h"

#include <time.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <system_error>

#include "core/check.h"
#include "core/logging.h"
#include "core/threads/futex.h"

namespace tamp {
namespace {

using Clock = std::chrono::steady_clock;

// How long a thread looks out for what it waits for before it sleeps. Waking it
// takes 5 to 20 microseconds, so short loops in a row want some patience of
// workers. But on a core that others want, the time comes out of its own share,
// which it will need for tiles.
constexpr std::chrono::microseconds kCallerPatience(100);
constexpr std::chrono::microseconds kPatience(500), kPatienceOnSharedCore(10);
// A worker that lost its core for so long, and for more than a part of the time
// that it was awake, takes the core for shared, for a while.
constexpr std::chrono::milliseconds kLoss(1), kSharedFor(1000);
constexpr int kLostPart = 16;

Clock::duration ProcessorTime() {
  timespec time;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) +
         std::chrono::nanoseconds(time.tv_nsec);
}

// A worker's patience, by what happened to its core while it was awake.
class Patience {
 public:
  std::chrono::microseconds get() const { return patience_; }

  void OnWaking() {
    waking_ = Clock::now();
    used_ = ProcessorTime();
  }

  // For a thread that has been awake, and is about to sleep.
  void OnSleeping() {
    const Clock::time_point now = Clock::now();
    const Clock::duration awake = now - waking_;
    const Clock::duration lost = awake - (ProcessorTime() - used_);
    if (lost > kLoss && lost > awake / kLostPart) last_loss_ = now;
    patience_ =
        now - last_loss_ < kSharedFor ? kPatienceOnSharedCore : kPatience;
  }

 private:
  std::chrono::microseconds patience_ = kPatience;
  Clock::time_point waking_;
  Clock::duration used_;  // of the processor, until then
  Clock::time_point last_loss_ = Clock::now() - kSharedFor;
};

// Tells the processor that this is a loop that waits.
void Pause() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

// Whether the condition has come true in time.
template <typename Condition>
bool LookOutFor(std::chrono::microseconds patience, Condition is_true) {
  constexpr int kLooksPerTime = 16;  // reading the clock takes as long
  const Clock::time_point end = Clock::now() + patience;
  do {
    for (int i = 0; i < kLooksPerTime; ++i) {
      if (is_true()) return true;
      Pause();
    }
  } while (Clock::now() < end);
  return false;
}

}  // namespace

ThreadPool::ThreadPool(int num_threads, int max_awake) : max_awake_(max_awake) {
  CHECK(num_threads >= 1 && max_awake >= 1);
  workers_.reserve(num_threads - 1);
  try {
    while (this->num_threads() < num_threads) {
      workers_.emplace_back([this] { Work(); });
    }
  } catch (const std::system_error& error) {
    LOG(WARNING) << "the system gives " << this->num_threads() << " of "
                 << num_threads << " threads: " << error.what();
  }
}

ThreadPool::~ThreadPool() {
  is_stopping_ = true;
  ++num_calls_;
  FutexWake(&num_calls_, std::numeric_limits<int>::max());
  for (std::thread& worker : workers_) worker.join();
}

void ThreadPool::ParallelFor(int64_t num_tiles, Body body) {
  CHECK(!is_running_.load(std::memory_order_relaxed)) << "a loop in a loop";
  is_running_.store(true, std::memory_order_relaxed);
  if (workers_.empty() || num_tiles <= 1) {
    for (int64_t tile = 0; tile < num_tiles; ++tile) body(tile);
  } else {
    body_ = &body;
    num_tiles_ = num_tiles;
    num_undone_.store(num_tiles, std::memory_order_relaxed);
    num_untaken_.store(num_tiles);  // from here on workers see the loop
    WakeWorkers(num_tiles);
    const int64_t done = RunTiles();
    if (num_undone_.fetch_sub(done) != done) WaitForWorkers();
  }
  is_running_.store(false, std::memory_order_relaxed);
}

// Takes tiles while there are any. Returns how many it ran.
int64_t ThreadPool::RunTiles() {
  int64_t done = 0;
  while (num_untaken_.load(std::memory_order_relaxed) > 0) {
    const int64_t left = num_untaken_.fetch_sub(1, std::memory_order_acquire);
    if (left <= 0) break;
    (*body_)(num_tiles_ - left);
    ++done;
  }
  return done;
}

// Wakes as many as there are tiles for, beside the caller and those awake.
// num_untaken_ was written before num_asleep_ is read here, and workers do it
// the other way around: so either they see the tiles, or they are seen.
void ThreadPool::WakeWorkers(int64_t num_tiles) {
  const int64_t num_asleep = num_asleep_.load();
  if (num_asleep == 0) return;
  const int64_t num_workers = workers_.size();
  const int64_t num_wanted =
      std::min({num_tiles - 1, num_workers, int64_t{max_awake_} - 1});
  const int64_t num_missing = num_wanted - (num_workers - num_asleep);
  if (num_missing <= 0) return;
  ++num_calls_;
  FutexWake(&num_calls_, static_cast<int>(num_missing));
}

void ThreadPool::WaitForWorkers() {
  const auto is_done = [this] { return num_undone_.load() == 0; };
  if (LookOutFor(kCallerPatience, is_done)) return;
  is_caller_asleep_ = 1;
  while (!is_done()) {
    FutexWait(&is_caller_asleep_, 1);
    is_caller_asleep_ = 1;
  }
  is_caller_asleep_ = 0;
}

void ThreadPool::Work() {
  Patience patience;
  patience.OnWaking();
  while (!is_stopping_) {
    const bool has_tiles = LookOutFor(patience.get(), [this] {
      return num_untaken_.load(std::memory_order_relaxed) > 0;
    });
    if (!has_tiles) {
      patience.OnSleeping();
      SleepUntilCalled();
      patience.OnWaking();
    }
    const int64_t done = RunTiles();
    if (done == 0 || num_undone_.fetch_sub(done) != done) continue;
    if (is_caller_asleep_.exchange(0) != 0) FutexWake(&is_caller_asleep_, 1);
  }
}

void ThreadPool::SleepUntilCalled() {
  ++num_asleep_;
  const uint32_t num_calls = num_calls_;
  if (num_untaken_ <= 0 && !is_stopping_) FutexWait(&num_calls_, num_calls);
  --num_asleep_;
}

}  // namespace tamp
