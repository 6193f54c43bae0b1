#include "tests/cuda_judge/runtime/judge.h"

#include <link.h>

#include <memory>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/check.h"
#include "tests/cuda_judge/runtime/machine.h"
#include "tests/cuda_judge/runtime/registered_kernels.h"

namespace tamp {
namespace cuda_judge {
namespace {

std::unique_ptr<Machine>& MachineSlot() {
  static auto machine = std::make_unique<Machine>();
  return machine;
}

int IsOtherRuntime(dl_phdr_info* library, size_t, void*) {
  const std::string_view path = library->dlpi_name;
  return path.find("libcudart.so") != std::string_view::npos;
}

}  // namespace

Machine& TheMachine() { return *MachineSlot(); }

cudaError_t Refuse(cudaError_t answer, const std::string& finding) {
  TheMachine().findings.push_back(finding);
  return answer;
}

cudaError_t CheckStream(cudaStream_t stream, const char* call) {
  if (TheMachine().streams.count(stream) > 0) return cudaSuccess;
  return Refuse(cudaErrorInvalidResourceHandle,
                absl::StrCat(call, ": ",
                             stream == nullptr
                                 ? "the default stream, which makes all others "
                                   "wait"
                                 : "not a stream, or one that was destroyed"));
}

void Describe(const Gpu& gpu) {
  CHECK_EQ(TheMachine().memory.num_blocks(), 0u);
  CHECK_EQ(TheMachine().streams.size(), 0u);
  CHECK_EQ(TheMachine().events.size(), 0u);
  MachineSlot() = std::make_unique<Machine>();
  TheMachine().gpu = gpu;
}

bool HasCodeFor(const Gpu& gpu) {
  for (const auto& [function, kernel] : RegisteredKernels()) {
    if (kernel.CodeFor(gpu.architecture) != nullptr) return true;
  }
  return false;
}

std::vector<std::string> TakeFindings() {
  return std::exchange(TheMachine().findings, {});
}

std::vector<std::string> KernelsNeverLaunched() {
  std::vector<std::string> names;
  for (const auto& [function, kernel] : RegisteredKernels()) {
    if (TheMachine().launched.count(function) == 0) {
      names.push_back(kernel.name);
    }
  }
  return names;
}

std::vector<std::string> KernelsWithLocalMemory() {
  std::vector<std::string> found;
  for (const auto& [function, kernel] : RegisteredKernels()) {
    for (const auto& [architecture, code] : kernel.code) {
      if (code.local_bytes == 0) continue;
      found.push_back(absl::StrCat(kernel.name, ": ", code.local_bytes,
                                   " bytes a thread on sm_", architecture));
    }
  }
  return found;
}

std::vector<std::string> KernelsWithoutLaunchBounds() {
  std::vector<std::string> found;
  for (const auto& [function, kernel] : RegisteredKernels()) {
    for (const auto& [architecture, code] : kernel.code) {
      if (code.most_threads > 0) continue;
      found.push_back(absl::StrCat(kernel.name, " on sm_", architecture));
    }
  }
  return found;
}

bool LoadedOtherRuntime() {
  return dl_iterate_phdr(IsOtherRuntime, nullptr) != 0;
}

}  // namespace cuda_judge
}  // namespace tamp
