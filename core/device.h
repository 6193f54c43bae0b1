// Device: where tensors live and kernels run.
//
// A layer gets the device at planning time and hands it to the maker of its
// kernel; only a backend (core/cpu, core/cuda) knows what is behind it.

#ifndef TAMP_CORE_DEVICE_H_
#define TAMP_CORE_DEVICE_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/buffer.h"

namespace tamp {

class Device {
 public:
  virtual ~Device() = default;

  // "cpu".
  virtual absl::string_view name() const = 0;

  // Zero-filled memory of the device.
  virtual absl::StatusOr<Buffer> Allocate(int64_t bytes) = 0;

  // Copies between host memory and memory of the device; both return when the
  // bytes have arrived.
  virtual void CopyFromHost(const void* host, int64_t bytes, void* device) = 0;
  virtual void CopyToHost(const void* device, int64_t bytes, void* host) = 0;
};

}  // namespace tamp

#endif  // TAMP_CORE_DEVICE_H_
