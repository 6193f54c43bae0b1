// Workspace on a device for tests of kernels: tests/util/kernel_workspace.h has
// the host's.

#ifndef TAMP_TESTS_UTIL_DEVICES_DEVICE_WORKSPACE_H_
#define TAMP_TESTS_UTIL_DEVICES_DEVICE_WORKSPACE_H_

#include <cstdint>
#include <limits>
#include <vector>

#include "core/device/device.h"
#include "tests/util/devices/device_mirror.h"

namespace tamp {

// Bytes of workspace with NaNs in it and canaries behind it. It begins where an
// allocation does.
class DeviceWorkspace {
 public:
  DeviceWorkspace(int64_t bytes, Device* device)
      : size_((bytes + 3) / 4),
        memory_(size_ + kCanaries, std::numeric_limits<float>::quiet_NaN()),
        mirror_(device) {
    for (int i = 0; i < kCanaries; ++i) memory_[size_ + i] = kCanary;
    mirror_.Add(&memory_);
  }
  DeviceWorkspace(const DeviceWorkspace&) = delete;

  void* data() { return mirror_.At(memory_.data()); }
  bool BoundsAreRespected() {
    mirror_.CopyBack();
    for (int i = 0; i < kCanaries; ++i) {
      if (memory_[size_ + i] != kCanary) return false;
    }
    return true;
  }

 private:
  static constexpr int kCanaries = 64;
  static constexpr float kCanary = -12345.5f;
  const int64_t size_;
  std::vector<float> memory_;
  DeviceMirror mirror_;
};

}  // namespace tamp

#endif  // TAMP_TESTS_UTIL_DEVICES_DEVICE_WORKSPACE_H_
