// CudaQueue: where the work of a CUDA device is queued, one after the other.
// What launches kernels keeps a reference to it.
//
// Nobody waits for an answer in the middle of a step: a call that fails is
// noted here, with its place and the layer, and whoever waits for the device
// gets to know of it (CudaDevice::Synchronize). The first failure stays; what
// is queued behind it does nothing of use.
//
// No absl here: CUDA sources include this file.

#ifndef TAMP_CORE_CUDA_QUEUE_H_
#define TAMP_CORE_CUDA_QUEUE_H_

#include <cuda_runtime_api.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace tamp {

// Memory of the device for sums over a grid. A kernel may use all of it, and
// leaves the counters 0 as it found them.
struct ReductionScratch {
  static constexpr int64_t kNumPartials = 1 << 16;
  static constexpr int64_t kNumCounters = 1 << 12;
  static constexpr int64_t kBytes =
      kNumPartials * sizeof(double) + kNumCounters * sizeof(unsigned);

  double* partials = nullptr;
  unsigned* counters = nullptr;
};

class CudaQueue {
 public:
  // `scratch` is ReductionScratch::kBytes of the device's memory, all 0; null
  // where nothing is ever launched.
  CudaQueue(cudaStream_t stream, int num_multiprocessors, void* scratch);
  CudaQueue(const CudaQueue&) = delete;

  cudaStream_t stream() const { return stream_; }
  int num_multiprocessors() const { return num_multiprocessors_; }
  const ReductionScratch& scratch() const { return scratch_; }

  // Whose work is queued from now on, for messages: layer "conv1", "forward".
  // The texts must stay where they are as long as they are set; "": nobody's.
  void set_work(std::string_view layer, const char* pass) {
    layer_ = layer;
    pass_ = pass;
  }

  // Notes what a call answered.
  void Note(cudaError_t answer, const char* call, const char* file, int line) {
    if (answer != cudaSuccess)
      Fail(cudaGetErrorString(answer), call, file, line);
  }
  // The same for libraries, which have answers of their own.
  void Fail(const std::string& what, const char* call, const char* file,
            int line);

  // Of the first call that failed: its place, the call, the layer and what the
  // device says. Empty as long as all went well. Of a kernel that failed while
  // it ran only a later call hears, which names the layer of its own time.
  const std::string& failure() const { return failure_; }

 private:
  const cudaStream_t stream_;
  const int num_multiprocessors_;
  ReductionScratch scratch_;
  std::string_view layer_;
  const char* pass_ = "";
  std::string failure_;
};

// Makes a call whose answer the queue notes.
#define NOTE_CUDA(queue, call) (queue).Note((call), #call, __FILE__, __LINE__)

}  // namespace tamp

#endif  // TAMP_CORE_CUDA_QUEUE_H_
