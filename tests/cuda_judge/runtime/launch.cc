#include "tests/cuda_judge/runtime/launch.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/cuda_judge/code/kernel_code.h"
#include "tests/cuda_judge/runtime/machine.h"

namespace tamp {
namespace cuda_judge {
namespace {

// Of all devices since compute capability 7.0, by the tables of the CUDA
// programming guide.
constexpr uint32_t kMostBlocks[] = {0x7fffffff, 65535, 65535};
constexpr uint32_t kMostThreads[] = {1024, 1024, 64};
constexpr int64_t kMostThreadsOfBlock = 1024;
constexpr int64_t kWarpSize = 32;
constexpr int64_t kRegisters = 65536;    // of a multiprocessor
constexpr int64_t kRegistersAtOnce = 8;  // of a thread: a warp gets 256
constexpr int kSharedBytesUnasked = 48 << 10;

int64_t RoundUp(int64_t value, int64_t multiple) {
  return (value + multiple - 1) / multiple * multiple;
}

int64_t ThreadsOf(const cudaLaunchConfig_t& config) {
  return int64_t{config.blockDim.x} * config.blockDim.y * config.blockDim.z;
}

bool AreWithin(const dim3& sizes, const uint32_t (&most)[3]) {
  const uint32_t all[] = {sizes.x, sizes.y, sizes.z};
  for (int i = 0; i < 3; ++i) {
    if (all[i] == 0 || all[i] > most[i]) return false;
  }
  return true;
}

std::string TextOf(const dim3& sizes) {
  return absl::StrCat(sizes.x, " x ", sizes.y, " x ", sizes.z);
}

// What is wrong with one side of a launch, and CUDA's answer to it.
struct Verdict {
  cudaError_t answer = cudaSuccess;
  std::string reason;
};

Verdict JudgeSizes(const cudaLaunchConfig_t& config) {
  if (!AreWithin(config.gridDim, kMostBlocks)) {
    return {cudaErrorInvalidConfiguration,
            absl::StrCat("a grid of ", TextOf(config.gridDim), " blocks")};
  }
  if (!AreWithin(config.blockDim, kMostThreads) ||
      ThreadsOf(config) > kMostThreadsOfBlock) {
    return {cudaErrorInvalidConfiguration,
            absl::StrCat("a block of ", TextOf(config.blockDim), " threads")};
  }
  if (config.numAttrs > 0) {
    return {cudaErrorNotSupported, "attributes, which the judge does not know"};
  }
  return {};
}

Verdict JudgeThreads(const KernelCode& code, const cudaLaunchConfig_t& config) {
  const int64_t threads = ThreadsOf(config);
  if (code.most_threads > 0 && threads > code.most_threads) {
    return {cudaErrorInvalidValue,
            absl::StrCat(threads, " threads, where launch bounds allow ",
                         code.most_threads)};
  }
  const int64_t registers =
      RoundUp(code.registers, kRegistersAtOnce) * RoundUp(threads, kWarpSize);
  if (registers > kRegisters) {
    return {
        cudaErrorLaunchOutOfResources,
        absl::StrCat(threads, " threads of ", code.registers,
                     " registers, which is more than a multiprocessor has")};
  }
  return {};
}

Verdict JudgeSharedMemory(const KernelCode& code, const Launch& launch) {
  const Machine& machine = TheMachine();
  const auto asked = machine.dynamic_shared_bytes.find(launch.function);
  const int64_t allowed =
      asked == machine.dynamic_shared_bytes.end()
          ? kSharedBytesUnasked
          : std::max(kSharedBytesUnasked, asked->second + code.shared_bytes);
  const int64_t wanted =
      code.shared_bytes + static_cast<int64_t>(launch.config.dynamicSmemBytes);
  if (wanted <= allowed) return {};
  return {cudaErrorInvalidValue,
          absl::StrCat(wanted, " bytes of shared memory, where ", allowed,
                       " are allowed")};
}

// Whatever in the arguments looks like an address of the GPU is one.
Verdict JudgePointers(const KernelCode& code, void** arguments) {
  for (size_t i = 0; i < code.parameters_bytes.size(); ++i) {
    const auto* argument = static_cast<const char*>(arguments[i]);
    const size_t bytes = code.parameters_bytes[i];
    for (size_t place = 0; place + sizeof(void*) <= bytes;
         place += sizeof(void*)) {
      const void* pointer;
      std::memcpy(&pointer, argument + place, sizeof pointer);
      if (!TheMachine().memory.Has(pointer)) continue;
      const std::string reason = TheMachine().memory.Refusal(pointer, 1);
      if (reason.empty()) continue;
      return {cudaErrorIllegalAddress,
              absl::StrCat("parameter ", i, " points to ", reason)};
    }
  }
  return {};
}

}  // namespace

cudaError_t JudgeLaunch(const Launch& launch) {
  const auto found = RegisteredKernels().find(launch.function);
  if (found == RegisteredKernels().end()) {
    return Refuse(cudaErrorInvalidDeviceFunction,
                  "launch of what is not a kernel");
  }
  const RegisteredKernel& kernel = found->second;
  const Gpu& gpu = TheMachine().gpu;
  const KernelCode* code = kernel.CodeFor(gpu.architecture);
  if (code == nullptr) {
    return Refuse(cudaErrorNoKernelImageForDevice,
                  absl::StrCat(kernel.name, ": no code for ", gpu.name));
  }
  for (const Verdict& verdict :
       {JudgeSizes(launch.config), JudgeThreads(*code, launch.config),
        JudgeSharedMemory(*code, launch),
        JudgePointers(*code, launch.arguments)}) {
    if (verdict.answer == cudaSuccess) continue;
    return Refuse(verdict.answer,
                  absl::StrCat(kernel.name, ": ", verdict.reason));
  }
  TheMachine().launched.insert(launch.function);
  return CheckStream(launch.config.stream, kernel.name.c_str());
}

}  // namespace cuda_judge
}  // namespace tamp
