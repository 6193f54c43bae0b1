// ThreadPool: the threads of a device, which run loops over tiles.
//
// Tiles are taken one by one by whoever is free, so a thread that the system
// holds up delays nobody by more than the tile it has. A loop is over when its
// tiles are done, whether or not all threads have come to it. Threads that wait
// look out for half a millisecond at most, which bridges the time from one loop
// to the next, and for a few microseconds where others want their core; then
// they sleep and leave it to others.

#ifndef TAMP_CORE_THREADS_THREAD_POOL_H_
#define TAMP_CORE_THREADS_THREAD_POOL_H_

#include <atomic>
#include <cstdint>
#include <limits>
#include <thread>
#include <vector>

#include "absl/functional/function_ref.h"

namespace tamp {

class ThreadPool {
 public:
  using Body = absl::FunctionRef<void(int64_t tile)>;

  // The caller's thread and num_threads - 1 that are started here. If the
  // system does not give so many, a warning says so, and the pool does with
  // fewer. No more than max_awake, the processors that there are for them, are
  // woken for a loop: others would only push those aside that have a tile.
  // REQUIRES: both are at least 1.
  explicit ThreadPool(int num_threads,
                      int max_awake = std::numeric_limits<int>::max());
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int num_threads() const { return 1 + static_cast<int>(workers_.size()); }

  // Calls body(tile) once for each tile in 0..num_tiles-1, on any of the
  // threads and in any order, and returns when all are done. How callers cut
  // tiles, so that results have the same bits for any number of threads, says
  // core/threads/parallel_for.h. One loop at a time: not from within a body.
  void ParallelFor(int64_t num_tiles, Body body);

 private:
  void Work();
  int64_t RunTiles();
  void WakeWorkers(int64_t num_tiles);
  void WaitForWorkers();
  void SleepUntilCalled();

  const int max_awake_;  // with the caller
  // The loop's tiles that nobody has taken yet; at most 0 between loops.
  // Whoever lowers it from above 0 has taken a tile, and the loop cannot end
  // before that tile is done: this alone makes body_ and num_tiles_ safe to
  // read. A thread that comes too late takes nothing and reads nothing.
  alignas(64) std::atomic<int64_t> num_untaken_{0};
  alignas(64) const Body* body_ = nullptr;
  int64_t num_tiles_ = 0;
  std::atomic<bool> is_running_{false};
  // Tiles that are not done yet; at 0 the loop is over.
  alignas(64) std::atomic<int64_t> num_undone_{0};
  std::atomic<uint32_t> is_caller_asleep_{0};
  alignas(64) std::atomic<int> num_asleep_{0};  // workers, or about to be
  std::atomic<uint32_t> num_calls_{0};          // what they sleep on
  std::atomic<bool> is_stopping_{false};
  std::vector<std::thread> workers_;
};

}  // namespace tamp

#endif  // TAMP_CORE_THREADS_THREAD_POOL_H_
