// CpuDevice: the host's memory and a number of threads. All work is done when
// its call returns.

#ifndef TAMP_CORE_CPU_CPU_DEVICE_H_
#define TAMP_CORE_CPU_CPU_DEVICE_H_

#include <cstdint>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/device/buffer.h"
#include "core/device/device.h"
#include "core/device/memory_traits.h"
#include "core/device/strided_rows.h"
#include "core/threads/thread_pool.h"

namespace tamp {

class CpuDevice : public Device {
 public:
  // REQUIRES: num_threads >= 1.
  explicit CpuDevice(int num_threads);

  absl::string_view name() const override { return "cpu"; }
  MemoryTraits memory_traits() const override;
  int64_t total_bytes() const override;
  absl::StatusOr<Buffer> Allocate(int64_t bytes) override;
  void Fill(const StridedRows& rows, float value) override;
  void CopyFromHost(const void* host, int64_t bytes, void* device) override;
  void CopyFromHostAsync(const void* host, int64_t bytes,
                         void* device) override;
  void CopyToHost(const void* device, int64_t bytes, void* host) override;
  void Copy(const void* from, int64_t bytes, void* to) override;
  absl::Status Synchronize() override;

  int num_threads() const { return pool_.num_threads(); }

  // See core/threads/parallel_for.h.
  void ParallelFor(int64_t num_tiles,
                   absl::FunctionRef<void(int64_t tile)> body) const;

 private:
  mutable ThreadPool pool_;  // running a loop changes nothing of the device
};

// The device behind the interface, for kernels made for CPUs.
// REQUIRES: device is a CpuDevice.
CpuDevice& AsCpu(Device& device);

}  // namespace tamp

#endif  // TAMP_CORE_CPU_CPU_DEVICE_H_
