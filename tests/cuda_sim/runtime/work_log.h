// What streams are given, for tests that count it.

#ifndef TAMP_TESTS_CUDA_SIM_RUNTIME_WORK_LOG_H_
#define TAMP_TESTS_CUDA_SIM_RUNTIME_WORK_LOG_H_

#include <cuda_runtime_api.h>

#include <string>
#include <vector>

#include "tests/cuda_sim/runtime/queue_work.h"

namespace tamp {
namespace cuda_sim {

struct QueuedWork {
  cudaStream_t stream;
  std::string name;
  std::vector<MemoryRange> reads, writes;
};

// Notes the work that is queued while it exists, in this order, whether or not
// it runs. One at a time.
class ScopedWorkLog {
 public:
  ScopedWorkLog();
  ScopedWorkLog(const ScopedWorkLog&) = delete;
  ~ScopedWorkLog();

  const std::vector<QueuedWork>& works() const { return works_; }

 private:
  std::vector<QueuedWork> works_;
};

}  // namespace cuda_sim
}  // namespace tamp

#endif  // TAMP_TESTS_CUDA_SIM_RUNTIME_WORK_LOG_H_
