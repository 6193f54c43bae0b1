// ParallelFor for ThreadSanitizer (--config=tsan), which does not understand
// the OpenMP runtime's barriers: plain threads, started anew in each call.

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

#include "core/parallel_for.h"

namespace tamp {

void ParallelFor(int num_threads, int64_t num_tiles,
                 absl::FunctionRef<void(int64_t tile)> body) {
  std::atomic<int64_t> next{0};
  // Relaxed: tiles share nothing, and a wrongly shared tile shall be reported.
  const auto work = [&] {
    for (int64_t tile;
         (tile = next.fetch_add(1, std::memory_order_relaxed)) < num_tiles;) {
      body(tile);
    }
  };
  std::vector<std::thread> helpers;
  for (int64_t i = 1; i < std::min<int64_t>(num_threads, num_tiles); ++i) {
    helpers.emplace_back(work);
  }
  work();
  for (std::thread& helper : helpers) helper.join();
}

}  // namespace tamp
