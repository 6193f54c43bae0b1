#include <cstdint>
#include <memory>

#include "core/cuda/launch.h"
#include "layers/accuracy/accuracy_cuda.cuh"
#include "layers/accuracy/accuracy_cuda.h"

namespace tamp {
namespace {

class AccuracyCuda : public AccuracyKernel {
 public:
  AccuracyCuda(const AccuracyOptions& options, CudaQueue& queue)
      : options_(options), queue_(queue) {}

  int64_t forward_workspace_bytes() const override {
    return options_.lines.length * int64_t{sizeof(LineCounts)};
  }

  void Forward(const AccuracyForwardArgs<float>& args) override {
    NOTE_CUDA(queue_,
              cudaMemsetAsync(args.workspace, 0, forward_workspace_bytes(),
                              queue_.stream()));
    auto* counts = static_cast<LineCounts*>(args.workspace);
    LaunchKernel(queue_, CountRightLines,
                 GridForLines(queue_, options_.lines.count()), options_, args.x,
                 args.labels, counts);
    LaunchKernel(queue_, DivideCounts, GridSize(1, kThreadsPerBlock),
                 options_.lines.length, counts, args);
  }

 private:
  const AccuracyOptions options_;
  CudaQueue& queue_;
};

}  // namespace

std::unique_ptr<AccuracyKernel> MakeAccuracyCuda(const AccuracyOptions& options,
                                                 CudaQueue& queue) {
  return std::make_unique<AccuracyCuda>(options, queue);
}

}  // namespace tamp
