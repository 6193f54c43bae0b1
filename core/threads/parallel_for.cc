#include "core/threads/parallel_for.h"

#include <algorithm>

#include "core/threads/thread_pool.h"

namespace tamp {

void ParallelFor(int num_threads, int64_t num_tiles,
                 absl::FunctionRef<void(int64_t tile)> body) {
  const int64_t num_useful = std::min<int64_t>(num_threads, num_tiles);
  ThreadPool pool(static_cast<int>(std::max<int64_t>(num_useful, 1)));
  pool.ParallelFor(num_tiles, body);
}

}  // namespace tamp
