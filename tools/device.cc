// Lists the devices that nets can run on, and says what is missing for GPUs.
//
//   device

#include <iostream>

#include "absl/status/status.h"
#include "core/cpu/cpu_device.h"
#include "core/cpu/processors.h"
#include "tools/devices/cuda_system.h"
#include "tools/devices/device_report.h"
#include "tools/flags/command_line.h"
#include "tools/flags/json_flag.h"

namespace tamp {
namespace {

constexpr char kUsage[] =
    "Lists the devices that nets can run on, as --device of the other tools "
    "names them, the versions of NVIDIA's driver and libraries, and what is "
    "missing.";

absl::Status ListDevices() {
  const Processors processors = FindProcessors();
  DeviceReport report;
  report.cpu_threads = NumUsefulThreads(processors);
  report.reason_of_threads = ReasonOfThreads(processors);
  report.cpu_bytes = CpuDevice(/*num_threads=*/1).total_bytes();
  report.cuda = FindCudaSystem();
  std::cout << DeviceText(report);
  return WriteJsonFromFlag(DeviceJson(report));
}

}  // namespace
}  // namespace tamp

int main(int argc, char** argv) {
  return tamp::RunTool(argc, argv, tamp::kUsage, tamp::ListDevices);
}
