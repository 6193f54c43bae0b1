#include "core/cpu/cpu_device.h"

#include <cblas.h>

#include <cstring>

#include "core/check.h"
#include "core/cpu/processors.h"

namespace tamp {

CpuDevice::CpuDevice(int num_threads)
    : pool_(num_threads, NumAllowedProcessors()) {
  // OpenBLAS keeps its thread count in a global; ours are the threads that
  // call it (see core/cpu/gemm.h).
  openblas_set_num_threads(1);
}

absl::StatusOr<Buffer> CpuDevice::Allocate(int64_t bytes) {
  return Buffer::Allocate(bytes);
}

void CpuDevice::CopyFromHost(const void* host, int64_t bytes, void* device) {
  std::memcpy(device, host, bytes);
}

void CpuDevice::CopyToHost(const void* device, int64_t bytes, void* host) {
  std::memcpy(host, device, bytes);
}

void CpuDevice::ParallelFor(int64_t num_tiles,
                            absl::FunctionRef<void(int64_t tile)> body) const {
  pool_.ParallelFor(num_tiles, body);
}

const CpuDevice& AsCpu(const Device& device) {
  CHECK(device.name() == "cpu") << "kernel for CPUs on " << device.name();
  return static_cast<const CpuDevice&>(device);
}

}  // namespace tamp
