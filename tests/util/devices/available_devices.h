// The devices that tests run over. What is added to the list is held to all of
// them:
//
//   class ScaleLayerTest : public testing::TestWithParam<AvailableDevice> {};
//   TEST_P(ScaleLayerTest, ByHand) {
//     const Backend backend = GetParam().make_backend(/*num_threads=*/1);
//     ...
//   }
//   INSTANTIATE_TEST_SUITE_P(Devices, ScaleLayerTest,
//                            testing::ValuesIn(AvailableDevices()),
//                            DeviceName());
//
// Such tests reach memory of the device by copies alone: tests/util has
// DeviceTensor, layers/tensor_copy.h the rest.

#ifndef TAMP_TESTS_UTIL_DEVICES_AVAILABLE_DEVICES_H_
#define TAMP_TESTS_UTIL_DEVICES_AVAILABLE_DEVICES_H_

#include <ostream>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "net/backend.h"

namespace tamp {

struct AvailableDevice {
  std::string name;
  // All layers and all passes; num_threads is for devices that have some.
  Backend (*make_backend)(int num_threads) = nullptr;
  // Much slower than a device: long tests try fewer cases on it.
  bool is_simulated = false;
};

// The CPU, the host as a device with memory of its own (host_device.h), and a
// GPU (cuda_available.h).
std::vector<AvailableDevice> AvailableDevices();

// For messages of tests, and for their names.
inline void PrintTo(const AvailableDevice& device, std::ostream* out) {
  *out << device.name;
}
struct DeviceName {
  std::string operator()(
      const testing::TestParamInfo<AvailableDevice>& info) const {
    return info.param.name;
  }
};

}  // namespace tamp

#endif  // TAMP_TESTS_UTIL_DEVICES_AVAILABLE_DEVICES_H_
