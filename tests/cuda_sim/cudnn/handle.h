// cudnnHandle_t: a device, and the stream that executions go to.

#ifndef TAMP_TESTS_CUDA_SIM_CUDNN_HANDLE_H_
#define TAMP_TESTS_CUDA_SIM_CUDNN_HANDLE_H_

#include <cudnn.h>

#include "tests/cuda_sim/cudnn/descriptors/device_properties.h"

// The library's opaque type.
struct cudnnContext {
  int device;
  tamp::cuda_sim::DeviceProperties properties;
  cudaStream_t stream;  // null is the default one
};

namespace tamp {
namespace cuda_sim {

// Aborts when a handle was destroyed or never created.
const cudnnContext& ContextOf(cudnnHandle_t handle);

inline const DeviceProperties& DeviceOf(cudnnHandle_t handle) {
  return ContextOf(handle).properties;
}

}  // namespace cuda_sim
}  // namespace tamp

#endif  // TAMP_TESTS_CUDA_SIM_CUDNN_HANDLE_H_
