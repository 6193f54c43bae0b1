#include "core/cpu/cpu_device.h"

#include <cblas.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "core/check.h"
#include "core/cpu/processors.h"
#include "core/device/host_memory.h"

namespace tamp {

CpuDevice::CpuDevice(int num_threads)
    : pool_(num_threads, NumAllowedProcessors()) {
  // OpenBLAS keeps its thread count in a global; ours are the threads that
  // call it (see core/cpu/gemm.h).
  openblas_set_num_threads(1);
}

// Lines of the cache have 64 bytes, and the first level is as good as 4 KiB for
// each of its ways: channels a multiple of that apart meet in few of its sets.
MemoryTraits CpuDevice::memory_traits() const {
  MemoryTraits traits;
  traits.alignment = kHostAlignment;
  traits.largest_cnhw_map = 256;
  traits.conflicting_stride = 4096;
  traits.row_granularity = 64;
  return traits;
}

int64_t CpuDevice::total_bytes() const {
  return int64_t{sysconf(_SC_PHYS_PAGES)} * sysconf(_SC_PAGE_SIZE);
}

absl::StatusOr<Buffer> CpuDevice::Allocate(int64_t bytes) {
  return AllocateHostMemory(bytes);
}

void CpuDevice::Fill(const StridedRows& rows, float value) {
  const StridedRows merged = rows.Merged();
  for (int64_t i = 0; i < merged.outer; ++i) {
    for (int64_t j = 0; j < merged.inner; ++j) {
      std::fill_n(merged.at(i, j), merged.length, value);
    }
  }
}

void CpuDevice::CopyFromHost(const void* host, int64_t bytes, void* device) {
  std::memcpy(device, host, bytes);
}

void CpuDevice::CopyFromHostAsync(const void* host, int64_t bytes,
                                  void* device) {
  std::memcpy(device, host, bytes);
}

void CpuDevice::CopyToHost(const void* device, int64_t bytes, void* host) {
  std::memcpy(host, device, bytes);
}

void CpuDevice::Copy(const void* from, int64_t bytes, void* to) {
  std::memcpy(to, from, bytes);
}

absl::Status CpuDevice::Synchronize() { return absl::OkStatus(); }

void CpuDevice::ParallelFor(int64_t num_tiles,
                            absl::FunctionRef<void(int64_t tile)> body) const {
  pool_.ParallelFor(num_tiles, body);
}

CpuDevice& AsCpu(Device& device) {
  CHECK(device.name() == "cpu") << "kernel for CPUs on " << device.name();
  return static_cast<CpuDevice&>(device);
}

}  // namespace tamp
