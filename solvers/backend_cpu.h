#ifndef TAMP_SOLVERS_BACKEND_CPU_H_
#define TAMP_SOLVERS_BACKEND_CPU_H_

#include "net/backend.h"

namespace tamp {

// The host and so many threads, with all layers and all passes.
// REQUIRES: num_threads >= 1.
Backend MakeCpuBackend(int num_threads);

}  // namespace tamp

#endif  // TAMP_SOLVERS_BACKEND_CPU_H_
