#include "core/cuda/device_list.h"

#include <cublas_v2.h>
#include <cuda_runtime_api.h>
#include <cudnn.h>

#include <cstdlib>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/cuda/cuda_status.h"
#include "core/cuda/cudnn/cudnn_handle.h"
#include "core/status_macros.h"

namespace tamp {
namespace {

// Of the runtime and the driver: 13010 is 13.1.
std::string CudaVersion(int version) {
  if (version == 0) return "";
  return absl::StrCat(version / 1000, ".", version % 1000 / 10);
}

// Of the libraries: 91301 is 9.13.1, and cuDNN's 8907 is 8.9.7.
std::string LibraryVersion(size_t version) {
  const size_t major = version < 10000 ? version / 1000 : version / 10000;
  const size_t minor =
      version < 10000 ? version / 100 % 10 : version / 100 % 100;
  return absl::StrCat(major, ".", minor, ".", version % 100);
}

std::string DriverVersion() {
  int version = 0;
  cudaDriverGetVersion(&version);
  return CudaVersion(version);
}

std::string RuntimeVersion() {
  int version = 0;
  cudaRuntimeGetVersion(&version);
  return CudaVersion(version);
}

absl::Status NoDriverThatWillDo() {
  const std::string driver = DriverVersion(), runtime = RuntimeVersion();
  if (driver.empty()) {
    return absl::FailedPreconditionError(
        absl::StrCat("there is no NVIDIA driver; install one that serves CUDA ",
                     runtime, ", or use --device=cpu"));
  }
  return absl::FailedPreconditionError(
      absl::StrCat("the NVIDIA driver serves CUDA up to ", driver,
                   ", and this build needs CUDA ", runtime,
                   "; install a newer driver, or use --device=cpu"));
}

absl::Status NoDevice() {
  const char* const visible = std::getenv("CUDA_VISIBLE_DEVICES");
  return absl::NotFoundError(absl::StrCat(
      "there is no NVIDIA GPU",
      visible == nullptr ? "; "
                         : absl::StrCat(", or CUDA_VISIBLE_DEVICES=\"", visible,
                                        "\" hides it: unset that, or "),
      "use --device=cpu"));
}

absl::StatusOr<CudaDeviceFacts> Describe(int ordinal) {
  cudaDeviceProp properties;
  RETURN_IF_CUDA_ERROR(cudaGetDeviceProperties(&properties, ordinal));
  RETURN_IF_CUDA_ERROR(cudaSetDevice(ordinal));
  size_t free_bytes = 0, total_bytes = 0;
  RETURN_IF_CUDA_ERROR(cudaMemGetInfo(&free_bytes, &total_bytes));
  CudaDeviceFacts facts;
  facts.name = properties.name;
  facts.total_bytes = static_cast<int64_t>(total_bytes);
  facts.free_bytes = static_cast<int64_t>(free_bytes);
  facts.major = properties.major;
  facts.minor = properties.minor;
  facts.num_multiprocessors = properties.multiProcessorCount;
  return facts;
}

absl::StatusOr<std::vector<CudaDeviceFacts>> DescribeDevices() {
  ASSIGN_OR_RETURN(const int count, CountCudaDevices());
  int current = 0;
  RETURN_IF_CUDA_ERROR(cudaGetDevice(&current));
  std::vector<CudaDeviceFacts> devices;
  for (int ordinal = 0; ordinal < count; ++ordinal) {
    ASSIGN_OR_RETURN(CudaDeviceFacts facts, Describe(ordinal));
    devices.push_back(std::move(facts));
  }
  RETURN_IF_CUDA_ERROR(cudaSetDevice(current));
  return devices;
}

void Note(const absl::Status& status, CudaSystem* system) {
  if (!status.ok()) system->missing.emplace_back(status.message());
}

}  // namespace

absl::StatusOr<int> CountCudaDevices() {
  int count = 0;
  const cudaError_t answer = cudaGetDeviceCount(&count);
  if (answer == cudaErrorInsufficientDriver) {
    cudaGetLastError();  // forgets it, so that no later call is blamed
    return NoDriverThatWillDo();
  }
  if (answer == cudaErrorNoDevice || (answer == cudaSuccess && count == 0)) {
    cudaGetLastError();
    return NoDevice();
  }
  RETURN_IF_ERROR(CudaStatus(answer, "cudaGetDeviceCount", __FILE__, __LINE__));
  return count;
}

CudaSystem DescribeCudaSystem() {
  return DescribeCudaSystem(cudnnGetVersion());
}

CudaSystem DescribeCudaSystem(size_t cudnn_version) {
  CudaSystem system;
  system.driver = DriverVersion();
  system.runtime = RuntimeVersion();
  system.cudnn = LibraryVersion(cudnn_version);
  int cublas_version = 0;
  cublasGetVersion(nullptr, &cublas_version);
  system.cublas = LibraryVersion(cublas_version);
  absl::StatusOr<std::vector<CudaDeviceFacts>> devices = DescribeDevices();
  Note(devices.status(), &system);
  if (devices.ok()) system.devices = *std::move(devices);
  Note(CheckCudnnVersion(cudnn_version), &system);
  return system;
}

}  // namespace tamp
