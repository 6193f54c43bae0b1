// BreakingDevice: a CPU that can break as accelerators do, behind the back of
// those who have asked it to work.

#ifndef TAMP_TESTS_UTIL_DEVICES_BREAKING_DEVICE_H_
#define TAMP_TESTS_UTIL_DEVICES_BREAKING_DEVICE_H_

#include "absl/status/status.h"
#include "core/cpu/cpu_device.h"

namespace tamp {

class BreakingDevice : public CpuDevice {
 public:
  using CpuDevice::CpuDevice;

  // From now on it cannot do what it was asked for.
  void Break() { is_broken_ = true; }

  absl::Status Synchronize() override {
    if (is_broken_) return absl::InternalError("the device is gone");
    return CpuDevice::Synchronize();
  }

 private:
  bool is_broken_ = false;
};

}  // namespace tamp

#endif  // TAMP_TESTS_UTIL_DEVICES_BREAKING_DEVICE_H_
