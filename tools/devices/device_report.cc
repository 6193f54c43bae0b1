#include "tools/devices/device_report.h"

#include <cstddef>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tools/reports/number_format.h"

namespace tamp {
namespace {

std::string Capability(const CudaDeviceFacts& device) {
  return absl::StrCat(device.major, ".", device.minor);
}

std::string DeviceLine(size_t ordinal, const CudaDeviceFacts& device) {
  return absl::StrCat("cuda:", ordinal, ": ", device.name, ", ",
                      FormatBytes(device.total_bytes), " memory, ",
                      FormatBytes(device.free_bytes),
                      " free, compute capability ", Capability(device), ", ",
                      device.num_multiprocessors, " multiprocessors\n");
}

// Empty where nothing has one.
std::string VersionLine(const CudaSystem& cuda) {
  std::vector<std::string> versions;
  if (!cuda.driver.empty()) {
    versions.push_back(absl::StrCat("driver for CUDA up to ", cuda.driver));
  }
  const std::pair<const char*, const std::string&> libraries[] = {
      {"CUDA runtime ", cuda.runtime},
      {"cuDNN ", cuda.cudnn},
      {"cuBLAS ", cuda.cublas}};
  for (const auto& [name, version] : libraries) {
    if (!version.empty()) versions.push_back(absl::StrCat(name, version));
  }
  if (versions.empty()) return "";
  return absl::StrCat("versions: ", absl::StrJoin(versions, ", "), "\n");
}

}  // namespace

std::string DeviceText(const DeviceReport& report) {
  std::string text =
      absl::StrCat("cpu: ", report.cpu_threads,
                   report.cpu_threads == 1 ? " thread (" : " threads (",
                   report.reason_of_threads, "), ",
                   FormatBytes(report.cpu_bytes), " memory\n");
  for (size_t i = 0; i < report.cuda.devices.size(); ++i) {
    absl::StrAppend(&text, DeviceLine(i, report.cuda.devices[i]));
  }
  absl::StrAppend(&text, VersionLine(report.cuda));
  for (const std::string& missing : report.cuda.missing) {
    absl::StrAppend(&text, "missing for NVIDIA GPUs: ", missing, "\n");
  }
  return text;
}

nlohmann::ordered_json DeviceJson(const DeviceReport& report) {
  nlohmann::ordered_json json;
  json["cpu"] = {{"threads", report.cpu_threads},
                 {"reason", report.reason_of_threads},
                 {"total_bytes", report.cpu_bytes}};
  json["cuda"] = nlohmann::ordered_json::array();
  for (const CudaDeviceFacts& device : report.cuda.devices) {
    json["cuda"].push_back({{"name", device.name},
                            {"total_bytes", device.total_bytes},
                            {"free_bytes", device.free_bytes},
                            {"compute_capability", Capability(device)},
                            {"multiprocessors", device.num_multiprocessors}});
  }
  json["versions"] = {{"driver", report.cuda.driver},
                      {"runtime", report.cuda.runtime},
                      {"cudnn", report.cuda.cudnn},
                      {"cublas", report.cuda.cublas}};
  json["missing"] = report.cuda.missing;
  return json;
}

}  // namespace tamp
