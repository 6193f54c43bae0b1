// What the tests of the judge work with.

#ifndef TAMP_TESTS_CUDA_JUDGE_JUDGED_WORK_H_
#define TAMP_TESTS_CUDA_JUDGE_JUDGED_WORK_H_

#include <cuda_runtime_api.h>

#include <cstddef>

#include "core/cuda/queue.h"
#include "tests/cuda_judge/runtime/gpu.h"
#include "tests/cuda_judge/runtime/judge.h"

namespace tamp {
namespace cuda_judge {

constexpr size_t kBytes = 4096;

// A stream, and two blocks of kBytes.
class Work {
 public:
  explicit Work(const Gpu& gpu = kH100) {
    Describe(gpu);
    cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking);
    cudaMalloc(&scratch_, ReductionScratch::kBytes);
    x = Allocate();
    y = Allocate();
  }
  Work(const Work&) = delete;
  ~Work() {
    for (void* block :
         {scratch_, static_cast<void*>(x), static_cast<void*>(y)}) {
      cudaFree(block);
    }
    cudaStreamDestroy(stream_);
  }

  cudaStream_t stream() const { return stream_; }
  CudaQueue MakeQueue() const { return CudaQueue(stream_, 132, scratch_); }

  float* x = nullptr;
  float* y = nullptr;

 private:
  static float* Allocate() {
    void* memory = nullptr;
    cudaMalloc(&memory, kBytes);
    return static_cast<float*>(memory);
  }

  cudaStream_t stream_ = nullptr;
  void* scratch_ = nullptr;
};

}  // namespace cuda_judge
}  // namespace tamp

#endif  // TAMP_TESTS_CUDA_JUDGE_JUDGED_WORK_H_
