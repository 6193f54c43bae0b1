// How stand-ins of libraries do their work: on streams, when somebody waits.

#ifndef TAMP_TESTS_CUDA_SIM_RUNTIME_QUEUE_WORK_H_
#define TAMP_TESTS_CUDA_SIM_RUNTIME_QUEUE_WORK_H_

#include <cuda_runtime_api.h>

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace tamp {
namespace cuda_sim {

struct MemoryRange {
  const void* begin;
  size_t bytes;
};

struct Work {
  std::string name;  // for messages: "cublasSgemm"
  // All memory of the device that it uses; what is both, in both.
  std::vector<MemoryRange> reads, writes;
  // Computes, on the host. It may touch the memory above, and calls nothing of
  // the runtime. What it is told by the caller's memory on the host it must
  // have read before.
  std::function<void()> run;
  // The kernel, or a library's function that runs kernels; null for copies and
  // fills. A graph's node may become another kernel when it is updated, but no
  // copy.
  const void* function = nullptr;
  // Whether it may use more of the device's memory than it says: a kernel, of
  // which only pointers are known.
  bool uses_more = false;
  // Is called whenever the work is queued, also as a part of a graph.
  std::function<void()> on_queue = nullptr;
};

// Fails where a range is not of one block of memory of the stream's device, and
// where what another stream does with it has no order with this. The error of a
// device that is broken.
cudaError_t QueueWork(cudaStream_t stream, Work work);

// The number of the device that the stream belongs to.
int DeviceOf(cudaStream_t stream);

}  // namespace cuda_sim
}  // namespace tamp

#endif  // TAMP_TESTS_CUDA_SIM_RUNTIME_QUEUE_WORK_H_
