#include <algorithm>
#include <cstdint>
#include <memory>

#include "core/cuda/launch.h"
#include "layers/pooling/pooling_cuda.cuh"
#include "layers/pooling/pooling_cuda.h"

namespace tamp {
namespace {

// From so many elements on a window is a warp's work.
constexpr int64_t kLargeWindow = 32;

int64_t LongestWindow(const PoolingAxis& axis) {
  return std::min(axis.kernel, axis.extent);
}

class PoolingCuda : public PoolingKernel {
 public:
  PoolingCuda(const PoolingOptions& options, CudaQueue& queue)
      : options_(options),
        queue_(queue),
        has_large_windows_(LongestWindow(options.height) *
                               LongestWindow(options.width) >=
                           kLargeWindow),
        num_planes_(options.num * options.channels) {}

  void Forward(const PoolingForwardArgs<float>& args) override {
    const int64_t count = num_planes_ * options_.height.num_windows() *
                          options_.width.num_windows();
    if (has_large_windows_) {
      LaunchKernel(queue_, PoolWindows<kWarpSize>, GridForLines(queue_, count),
                   options_, args);
    } else {
      LaunchKernel(queue_, PoolWindows<1>, GridFor(queue_, count), options_,
                   args);
    }
  }

  void Backward(const PoolingBackwardArgs<float>& args) override {
    if (args.dx_mode == GradMode::kSkip) return;
    const int64_t count =
        num_planes_ * options_.height.extent * options_.width.extent;
    LaunchKernel(queue_, GatherFromWindows, GridFor(queue_, count), options_,
                 args);
  }

 private:
  const PoolingOptions options_;
  CudaQueue& queue_;
  const bool has_large_windows_;
  const int64_t num_planes_;
};

}  // namespace

std::unique_ptr<PoolingKernel> MakePoolingCuda(const PoolingOptions& options,
                                               CudaQueue& queue) {
  return std::make_unique<PoolingCuda>(options, queue);
}

}  // namespace tamp
