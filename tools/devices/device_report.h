// What `tools:device` prints: the devices, a line each, versions, and what is
// missing; and the same as JSON.

#ifndef TAMP_TOOLS_DEVICES_DEVICE_REPORT_H_
#define TAMP_TOOLS_DEVICES_DEVICE_REPORT_H_

#include <cstdint>
#include <string>

#include "core/cuda/device_list.h"
#include "nlohmann/json.hpp"

namespace tamp {

struct DeviceReport {
  int cpu_threads = 0;  // that are useful
  std::string reason_of_threads;
  int64_t cpu_bytes = 0;
  CudaSystem cuda;
};

std::string DeviceText(const DeviceReport& report);
nlohmann::ordered_json DeviceJson(const DeviceReport& report);

}  // namespace tamp

#endif  // TAMP_TOOLS_DEVICES_DEVICE_REPORT_H_
