// Parallel loops over tiles of work.
//
// Callers cut work into tiles that depend on the problem only, never on the
// number of threads, and give every tile its own place for results; partial
// sums are then added in tile order. So results have the same bits for any
// number of threads.

#ifndef TAMP_CORE_THREADS_PARALLEL_FOR_H_
#define TAMP_CORE_THREADS_PARALLEL_FOR_H_

#include <cstdint>

#include "absl/functional/function_ref.h"

namespace tamp {

// Calls body(tile) once for each tile in 0..num_tiles-1, on up to num_threads
// threads, in any order, and returns when all are done. Starts its threads
// anew, for long loops such as opening a folder of images; kernels have a pool
// in their device, which does the same without heap allocation. Must not be
// called from within a body.
void ParallelFor(int num_threads, int64_t num_tiles,
                 absl::FunctionRef<void(int64_t tile)> body);

}  // namespace tamp

#endif  // TAMP_CORE_THREADS_PARALLEL_FOR_H_
