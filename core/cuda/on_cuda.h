// OnCuda: the makers of kernels that need nothing but a queue, as the makers
// that layers take.
//
//   ReluLayer::Create(parameter, OnCuda<MakeReluCuda>)
//
// MakeReluCuda is compiled by nvcc, which must not read absl.

#ifndef TAMP_CORE_CUDA_ON_CUDA_H_
#define TAMP_CORE_CUDA_ON_CUDA_H_

#include <memory>

#include "absl/status/statusor.h"
#include "core/cuda/cuda_device.h"
#include "core/cuda/queue.h"
#include "core/device/device.h"

namespace tamp {

template <auto make>
struct QueueMaker;

template <typename Kernel, typename Options,
          std::unique_ptr<Kernel> (*make)(const Options&, CudaQueue&)>
struct QueueMaker<make> {
  // REQUIRES: device is a CudaDevice and outlives the kernel.
  static absl::StatusOr<std::unique_ptr<Kernel>> Make(const Options& options,
                                                      Device& device) {
    return make(options, AsCuda(device).queue());
  }
};

template <typename Kernel, std::unique_ptr<Kernel> (*make)(CudaQueue&)>
struct QueueMaker<make> {
  static absl::StatusOr<std::unique_ptr<Kernel>> Make(Device& device) {
    return make(AsCuda(device).queue());
  }
};

template <auto make>
constexpr auto OnCuda = &QueueMaker<make>::Make;

}  // namespace tamp

#endif  // TAMP_CORE_CUDA_ON_CUDA_H_
