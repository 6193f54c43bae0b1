// AttentiveDevice: a CPU that remembers whose work it was told of last.

#ifndef TAMP_TESTS_UTIL_DEVICES_ATTENTIVE_DEVICE_H_
#define TAMP_TESTS_UTIL_DEVICES_ATTENTIVE_DEVICE_H_

#include <string>

#include "absl/strings/string_view.h"
#include "core/cpu/cpu_device.h"
#include "core/device/device.h"

namespace tamp {

// Of which layer, "" where of none, and what for.
struct AnnouncedWork {
  std::string layer;
  LayerPass pass = LayerPass::kForward;
};

class AttentiveDevice : public CpuDevice {
 public:
  // `announced` must outlive the device.
  explicit AttentiveDevice(AnnouncedWork* announced)
      : CpuDevice(/*num_threads=*/1), announced_(announced) {}

  void BeginLayer(absl::string_view layer, LayerPass pass) override {
    *announced_ = {std::string(layer), pass};
  }
  void EndLayer() override { announced_->layer.clear(); }

 private:
  AnnouncedWork* const announced_;
};

}  // namespace tamp

#endif  // TAMP_TESTS_UTIL_DEVICES_ATTENTIVE_DEVICE_H_
