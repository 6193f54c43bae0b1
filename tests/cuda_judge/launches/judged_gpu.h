// JudgedGpu: a device on the GPU that is described, with memory for the
// arguments of kernels.

#ifndef TAMP_TESTS_CUDA_JUDGE_LAUNCHES_JUDGED_GPU_H_
#define TAMP_TESTS_CUDA_JUDGE_LAUNCHES_JUDGED_GPU_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "core/check.h"
#include "core/cuda/cuda_device.h"
#include "core/cuda/queue.h"
#include "core/device/buffer.h"
#include "kernels/extents.h"
#include "kernels/strided.h"
#include "tests/cuda_judge/runtime/gpu.h"
#include "tests/cuda_judge/runtime/judge.h"

namespace tamp {
namespace cuda_judge {

// The largest maps of DenseNet-121 and DenseNet-BC-121 with the batch of their
// files: as many elements behind the stem's convolution as in the first dense
// block. Those of other nets that we have are smaller.
constexpr int64_t kBatchSize = 32;
constexpr Extents kStemMaps = {kBatchSize, 64, 112 * 112};
constexpr Extents kBlockMaps = {kBatchSize, 256, 56 * 56};
// The most channels, and, of a classifier, what is one number a class.
constexpr Extents kLastMaps = {kBatchSize, 1024, 7 * 7};
constexpr int64_t kNumClasses = 1000;
constexpr Extents kScores = {kBatchSize, kNumClasses, 1};
constexpr Extents kLabels = {kBatchSize, 1, 1};

class JudgedGpu {
 public:
  explicit JudgedGpu(const Gpu& gpu) {
    Describe(gpu);
    auto device = CudaDevice::Create(0);
    CHECK(device.ok()) << device.status();
    device_ = *std::move(device);
  }

  CudaDevice& device() { return *device_; }
  CudaQueue& queue() { return device_->queue(); }

  // Memory that lives as long as this.
  float* Floats(int64_t count) {
    auto buffer = device_->Allocate(count * int64_t{sizeof(float)});
    CHECK(buffer.ok()) << buffer.status();
    buffers_.push_back(*std::move(buffer));
    return buffers_.back().floats();
  }

  void* Bytes(int64_t count) { return Floats((count + 3) / 4); }

  // Maps with others behind them, as in the buffer of a dense block.
  Strided<float> Maps(const Extents& extents) {
    const int64_t image_stride = 2 * extents.channels * extents.spatial;
    return {Floats(extents.num * image_stride), image_stride, extents.spatial};
  }

 private:
  std::shared_ptr<CudaDevice> device_;
  std::vector<Buffer> buffers_;
};

}  // namespace cuda_judge
}  // namespace tamp

#endif  // TAMP_TESTS_CUDA_JUDGE_LAUNCHES_JUDGED_GPU_H_
