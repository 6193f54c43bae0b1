#include "tests/cuda_sim/runtime/queue_work.h"

#include <utility>

#include "tests/cuda_sim/runtime/state/api_call.h"
#include "tests/cuda_sim/runtime/state/ranges.h"
#include "tests/cuda_sim/runtime/state/streams.h"
#include "tests/cuda_sim/runtime/state/system.h"
#include "tests/cuda_sim/runtime/work_log.h"

namespace tamp {
namespace cuda_sim {

cudaError_t QueueWork(cudaStream_t stream, Work work) {
  return ApiCall([&] {
    Streams::Get().Check(work.name.c_str(), stream);
    const cudaError_t error = CheckQueue(*stream);
    if (error != cudaSuccess) return error;
    for (const auto* ranges : {&work.reads, &work.writes}) {
      for (const MemoryRange& range : *ranges) {
        CheckRange(work.name, stream->device, range);
      }
    }
    Streams::Get().Queue(stream, std::move(work));
    return cudaSuccess;
  });
}

ScopedWorkLog::ScopedWorkLog() {
  const std::lock_guard<std::mutex> lock(RuntimeMutex());
  Streams::Get().set_work_log(&works_);
}

ScopedWorkLog::~ScopedWorkLog() {
  const std::lock_guard<std::mutex> lock(RuntimeMutex());
  Streams::Get().set_work_log(nullptr);
}

int DeviceOf(cudaStream_t stream) {
  const std::lock_guard<std::mutex> lock(RuntimeMutex());
  return Streams::Get().Check("DeviceOf", stream)->device;
}

}  // namespace cuda_sim
}  // namespace tamp
