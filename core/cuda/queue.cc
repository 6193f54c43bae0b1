#include "core/cuda/queue.h"

#include <string>

namespace tamp {

CudaQueue::CudaQueue(cudaStream_t stream, int num_multiprocessors,
                     void* scratch)
    : stream_(stream), num_multiprocessors_(num_multiprocessors) {
  if (scratch == nullptr) return;
  scratch_.partials = static_cast<double*>(scratch);
  scratch_.counters = reinterpret_cast<unsigned*>(
      scratch_.partials + ReductionScratch::kNumPartials);
}

void CudaQueue::Fail(const std::string& what, const char* call,
                     const char* file, int line) {
  if (!failure_.empty()) return;
  failure_ = std::string(file) + ":" + std::to_string(line) + ": " + call;
  if (!layer_.empty()) {
    failure_ += " (layer \"" + std::string(layer_) + "\", " + pass_ + ")";
  }
  failure_ += ": " + what;
}

}  // namespace tamp
