#include "tests/cuda_sim/runtime/launch_kernel.h"

#include <cxxabi.h>

#include <cstdlib>
#include <memory>
#include <utility>

#include "tests/cuda_sim/engine/fault.h"
#include "tests/cuda_sim/engine/grid.h"
#include "tests/cuda_sim/options.h"
#include "tests/cuda_sim/runtime/state/api_call.h"
#include "tests/cuda_sim/runtime/state/memory.h"
#include "tests/cuda_sim/runtime/state/ranges.h"
#include "tests/cuda_sim/runtime/state/streams.h"
#include "tests/cuda_sim/runtime/state/system.h"

namespace tamp {
namespace cuda_sim {
namespace {

// One element, or none: a pointer to the end of a block is one to nothing.
bool IsUsed(const PointerArgument& pointer) {
  if (pointer.address == nullptr) return false;
  const MemoryBlock* block = SimulatedMemory::Get().Find(pointer.address);
  if (block == nullptr || block->device == kPinned) return !pointer.is_guess;
  return pointer.address != block->end();
}

// Adds what the kernel uses to `work`.
void AddRanges(const std::vector<PointerArgument>& pointers, int device,
               Work* work) {
  for (const PointerArgument& pointer : pointers) {
    if (!IsUsed(pointer)) continue;
    const MemoryRange range = {pointer.address, pointer.bytes};
    CheckRange(work->name + ", argument " + std::to_string(pointer.argument),
               device, range);
    (pointer.is_written ? work->writes : work->reads).push_back(range);
  }
}

}  // namespace

std::string KernelName(const std::type_info& type) {
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> text(
      abi::__cxa_demangle(type.name(), nullptr, nullptr, &status), &std::free);
  const std::string name = status == 0 ? text.get() : type.name();
  // "void (*)(float*)".
  return "kernel " + name.substr(name.find(")(") + 1);
}

cudaError_t QueueKernel(const cudaLaunchConfig_t& config, KernelLaunch launch) {
  return ApiCall([&] {
    CUstream_st* stream =
        Streams::Get().Check(launch.name.c_str(), config.stream);
    if (stream->device != CurrentDevice()) {
      Fail(launch.name + ": a stream of device " +
           std::to_string(stream->device) + ", but the current device is " +
           std::to_string(CurrentDevice()));
    }
    const cudaError_t error = CheckQueue(*stream);
    if (error != cudaSuccess) return error;
    if (config.numAttrs != 0) return cudaErrorNotSupported;
    const LaunchSize size = {config.gridDim, config.blockDim,
                             config.dynamicSmemBytes};
    CheckLaunch(size);
    Work work;
    work.name = launch.name;
    work.function = launch.kernel;
    work.uses_more = true;
    AddRanges(launch.pointers, stream->device, &work);
    work.run = [size, options = ScopedOptions::Current(),
                body = std::move(launch.body)] {
      RunGrid(size, options, body);
    };
    Streams::Get().Queue(stream, std::move(work));
    return cudaSuccess;
  });
}

}  // namespace cuda_sim
}  // namespace tamp
