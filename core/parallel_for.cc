#include "core/parallel_for.h"

namespace tamp {

void ParallelFor(int num_threads, int64_t num_tiles,
                 absl::FunctionRef<void(int64_t tile)> body) {
  if (num_threads <= 1 || num_tiles <= 1) {
    for (int64_t tile = 0; tile < num_tiles; ++tile) body(tile);
    return;
  }
#pragma omp parallel for schedule(dynamic, 1) num_threads(num_threads)
  for (int64_t tile = 0; tile < num_tiles; ++tile) body(tile);
}

}  // namespace tamp
