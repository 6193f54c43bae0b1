#include "tests/cuda_sim/cudnn/handle.h"

#include <cuda_runtime_api.h>

#include <map>
#include <memory>
#include <mutex>
#include <optional>

#include "core/check.h"
#include "tests/cuda_sim/cudnn/descriptors/refusal.h"
#include "tests/cuda_sim/runtime/queue_work.h"

namespace tamp {
namespace cuda_sim {
namespace {

struct Handles {
  std::mutex mutex;
  std::map<const cudnnContext*, std::unique_ptr<cudnnContext>> contexts;
};

// Never destroyed: callers may destroy handles while the program ends.
Handles& AllHandles() {
  static auto* handles = new Handles;
  return *handles;
}

cudnnContext& MutableContextOf(cudnnHandle_t handle) {
  Handles& all = AllHandles();
  std::lock_guard<std::mutex> lock(all.mutex);
  const auto found = all.contexts.find(handle);
  CHECK(found != all.contexts.end())
      << "cuDNN is given a handle that was destroyed or never created";
  return *found->second;
}

// Of the current device; none where there is no driver or no device.
std::optional<cudnnContext> CurrentDevice() {
  int count = 0, device, major, minor;
  if (cudaGetDeviceCount(&count) != cudaSuccess || count == 0 ||
      cudaGetDevice(&device) != cudaSuccess ||
      cudaDeviceGetAttribute(&major, cudaDevAttrComputeCapabilityMajor,
                             device) != cudaSuccess ||
      cudaDeviceGetAttribute(&minor, cudaDevAttrComputeCapabilityMinor,
                             device) != cudaSuccess) {
    cudaGetLastError();  // the library says so itself
    return std::nullopt;
  }
  return cudnnContext{device, {100 * major + 10 * minor}, nullptr};
}

}  // namespace

const cudnnContext& ContextOf(cudnnHandle_t handle) {
  return MutableContextOf(handle);
}

}  // namespace cuda_sim
}  // namespace tamp

using tamp::cuda_sim::AllHandles;
using tamp::cuda_sim::MutableContextOf;
using tamp::cuda_sim::Refuse;

extern "C" {

cudnnStatus_t cudnnCreate(cudnnHandle_t* handle) {
  if (handle == nullptr) return Refuse(CUDNN_STATUS_BAD_PARAM, "no handle");
  const auto context = tamp::cuda_sim::CurrentDevice();
  if (!context.has_value()) {
    return Refuse(CUDNN_STATUS_NOT_INITIALIZED, "no driver or no device");
  }
  auto owned = std::make_unique<cudnnContext>(*context);
  *handle = owned.get();
  auto& all = AllHandles();
  std::lock_guard<std::mutex> lock(all.mutex);
  all.contexts.emplace(*handle, std::move(owned));
  return CUDNN_STATUS_SUCCESS;
}

cudnnStatus_t cudnnDestroy(cudnnHandle_t handle) {
  if (handle == nullptr) return CUDNN_STATUS_SUCCESS;
  MutableContextOf(handle);
  auto& all = AllHandles();
  std::lock_guard<std::mutex> lock(all.mutex);
  all.contexts.erase(handle);
  return CUDNN_STATUS_SUCCESS;
}

cudnnStatus_t cudnnSetStream(cudnnHandle_t handle, cudaStream_t stream) {
  if (handle == nullptr) return Refuse(CUDNN_STATUS_BAD_PARAM, "no handle");
  cudnnContext& context = MutableContextOf(handle);
  if (tamp::cuda_sim::DeviceOf(stream) != context.device) {
    return Refuse(CUDNN_STATUS_BAD_PARAM_STREAM_MISMATCH,
                  "the stream is of another device than the handle");
  }
  context.stream = stream;
  return CUDNN_STATUS_SUCCESS;
}

}  // extern "C"
