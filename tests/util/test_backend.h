// The backend that tests run on which need only one.

#ifndef TAMP_TESTS_UTIL_TEST_BACKEND_H_
#define TAMP_TESTS_UTIL_TEST_BACKEND_H_

#include "net/backend.h"
#include "solvers/backend_cpu.h"

namespace tamp {

inline Backend TestBackend(int num_threads = 1) {
  return MakeCpuBackend(num_threads);
}

}  // namespace tamp

#endif  // TAMP_TESTS_UTIL_TEST_BACKEND_H_
