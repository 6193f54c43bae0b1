#include <memory>

#include "core/cuda/launch.h"
#include "layers/softmax/softmax_cuda.cuh"
#include "layers/softmax/softmax_cuda.h"

namespace tamp {
namespace {

class SoftmaxCuda : public SoftmaxKernel {
 public:
  SoftmaxCuda(const AxisLines& lines, CudaQueue& queue)
      : lines_(lines), queue_(queue) {}

  void Forward(const SoftmaxForwardArgs<float>& args) override {
    LaunchKernel(queue_, SoftmaxLines, GridForLines(queue_, lines_.count()),
                 lines_, args);
  }

  void Backward(const SoftmaxBackwardArgs<float>& args) override {
    if (args.dx_mode == GradMode::kSkip) return;
    LaunchKernel(queue_, SoftmaxGradients, GridForLines(queue_, lines_.count()),
                 lines_, args);
  }

 private:
  const AxisLines lines_;
  CudaQueue& queue_;
};

}  // namespace

std::unique_ptr<SoftmaxKernel> MakeSoftmaxCuda(const AxisLines& lines,
                                               CudaQueue& queue) {
  return std::make_unique<SoftmaxCuda>(lines, queue);
}

}  // namespace tamp
