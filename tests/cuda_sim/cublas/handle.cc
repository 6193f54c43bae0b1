#include "tests/cuda_sim/cublas/handle.h"

#include <cuda_runtime_api.h>

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <utility>

#include "core/check.h"
#include "tests/cuda_sim/runtime/queue_work.h"

namespace tamp {
namespace cuda_sim {
namespace {

constexpr uintptr_t kWorkspaceAlignment = 256;

struct Handles {
  std::mutex mutex;
  std::map<const cublasContext*, std::unique_ptr<cublasContext>> contexts;
};

// Never destroyed: callers may destroy handles while the program ends.
Handles& AllHandles() {
  static auto* handles = new Handles;
  return *handles;
}

}  // namespace

cublasContext* ContextOf(cublasHandle_t handle) {
  if (handle == nullptr) return nullptr;
  Handles& all = AllHandles();
  std::lock_guard<std::mutex> lock(all.mutex);
  const auto found = all.contexts.find(handle);
  CHECK(found != all.contexts.end())
      << "cuBLAS is given a handle that was destroyed or never created";
  return found->second.get();
}

}  // namespace cuda_sim
}  // namespace tamp

using tamp::cuda_sim::AllHandles;
using tamp::cuda_sim::ContextOf;

extern "C" {

cublasStatus_t cublasCreate_v2(cublasHandle_t* handle) {
  if (handle == nullptr) return CUBLAS_STATUS_INVALID_VALUE;
  int count = 0, device = 0;
  if (cudaGetDeviceCount(&count) != cudaSuccess || count == 0 ||
      cudaGetDevice(&device) != cudaSuccess) {
    cudaGetLastError();  // the library says so itself
    return CUBLAS_STATUS_NOT_INITIALIZED;
  }
  auto context = std::make_unique<cublasContext>();
  context->device = device;
  *handle = context.get();
  auto& all = AllHandles();
  std::lock_guard<std::mutex> lock(all.mutex);
  all.contexts.emplace(*handle, std::move(context));
  return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasDestroy_v2(cublasHandle_t handle) {
  if (ContextOf(handle) == nullptr) return CUBLAS_STATUS_NOT_INITIALIZED;
  auto& all = AllHandles();
  std::lock_guard<std::mutex> lock(all.mutex);
  all.contexts.erase(handle);
  return CUBLAS_STATUS_SUCCESS;
}

// The caller's workspace is forgotten, as the library forgets it.
cublasStatus_t cublasSetStream_v2(cublasHandle_t handle, cudaStream_t stream) {
  cublasContext* const context = ContextOf(handle);
  if (context == nullptr) return CUBLAS_STATUS_NOT_INITIALIZED;
  CHECK_EQ(tamp::cuda_sim::DeviceOf(stream), context->device)
      << "cuBLAS is given a stream of another device than its handle's";
  context->stream = stream;
  context->workspace = nullptr;
  context->workspace_bytes = 0;
  return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasSetWorkspace_v2(cublasHandle_t handle, void* workspace,
                                     size_t workspaceSizeInBytes) {
  cublasContext* const context = ContextOf(handle);
  if (context == nullptr) return CUBLAS_STATUS_NOT_INITIALIZED;
  const auto address = reinterpret_cast<uintptr_t>(workspace);
  if (address % tamp::cuda_sim::kWorkspaceAlignment != 0) {
    return CUBLAS_STATUS_INVALID_VALUE;
  }
  context->workspace = workspace;
  context->workspace_bytes = workspaceSizeInBytes;
  return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasSetMathMode(cublasHandle_t handle, cublasMath_t mode) {
  cublasContext* const context = ContextOf(handle);
  if (context == nullptr) return CUBLAS_STATUS_NOT_INITIALIZED;
  const int kind = mode & ~CUBLAS_MATH_DISALLOW_REDUCED_PRECISION_REDUCTION;
  if (kind != CUBLAS_DEFAULT_MATH && kind != CUBLAS_PEDANTIC_MATH &&
      kind != CUBLAS_TF32_TENSOR_OP_MATH) {
    return CUBLAS_STATUS_INVALID_VALUE;
  }
  context->math_mode = mode;
  return CUBLAS_STATUS_SUCCESS;
}

// Needs no handle.
cublasStatus_t cublasGetVersion_v2(cublasHandle_t, int* version) {
  if (version == nullptr) return CUBLAS_STATUS_INVALID_VALUE;
  *version = 130100;
  return CUBLAS_STATUS_SUCCESS;
}

const char* cublasGetStatusString(cublasStatus_t status) {
  switch (status) {
    case CUBLAS_STATUS_SUCCESS:
      return "success";
    case CUBLAS_STATUS_NOT_INITIALIZED:
      return "the library was not initialized";
    case CUBLAS_STATUS_ALLOC_FAILED:
      return "the resource allocation failed";
    case CUBLAS_STATUS_INVALID_VALUE:
      return "an unsupported value or parameter was passed to the function";
    case CUBLAS_STATUS_ARCH_MISMATCH:
      return "the function requires an architectural feature absent from the "
             "device";
    case CUBLAS_STATUS_MAPPING_ERROR:
      return "an access to GPU memory space failed";
    case CUBLAS_STATUS_EXECUTION_FAILED:
      return "the function failed to launch on the GPU";
    case CUBLAS_STATUS_INTERNAL_ERROR:
      return "an internal operation failed";
    case CUBLAS_STATUS_NOT_SUPPORTED:
      return "the requested functionality is not supported";
    case CUBLAS_STATUS_LICENSE_ERROR:
      return "the license check failed";
    default:
      return "unrecognized status";
  }
}

}  // extern "C"
