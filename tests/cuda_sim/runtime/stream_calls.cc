// CUDA's functions of streams and events.

#include <cuda_runtime_api.h>

#include <chrono>
#include <memory>

#include "tests/cuda_sim/engine/fault.h"
#include "tests/cuda_sim/runtime/state/api_call.h"
#include "tests/cuda_sim/runtime/state/streams.h"
#include "tests/cuda_sim/runtime/state/system.h"

using tamp::cuda_sim::ApiCall;
using tamp::cuda_sim::CheckDevice;
using tamp::cuda_sim::CheckQueue;
using tamp::cuda_sim::CurrentDevice;
using tamp::cuda_sim::Fail;
using tamp::cuda_sim::Streams;

namespace {

// Nobody can wait for what will run with a graph; who tries makes the capture
// invalid.
bool IsCaptured(const CUevent_st& event) {
  if (event.record == nullptr || event.record->capture == nullptr) return false;
  event.record->capture->Invalidate();
  return true;
}

}  // namespace

cudaError_t cudaStreamCreateWithFlags(cudaStream_t* stream, unsigned flags) {
  return ApiCall([&] {
    const cudaError_t error = CheckDevice(CurrentDevice());
    if (error != cudaSuccess) return error;
    if (flags != cudaStreamDefault && flags != cudaStreamNonBlocking) {
      return cudaErrorInvalidValue;
    }
    *stream = Streams::Get().Create(CurrentDevice());
    return cudaSuccess;
  });
}

cudaError_t cudaStreamDestroy(cudaStream_t stream) {
  return ApiCall([&] {
    const int device =
        Streams::Get().Check("cudaStreamDestroy", stream)->device;
    Streams::Get().Destroy(stream);
    return CheckDevice(device);
  });
}

cudaError_t cudaStreamSynchronize(cudaStream_t stream) {
  return ApiCall([&] {
    Streams& streams = Streams::Get();
    const cudaError_t error =
        streams.CheckWait(*streams.Check("cudaStreamSynchronize", stream));
    if (error != cudaSuccess) return error;
    streams.Wait(stream);
    return CheckDevice(stream->device);
  });
}

cudaError_t cudaStreamWaitEvent(cudaStream_t stream, cudaEvent_t event,
                                unsigned flags) {
  return ApiCall([&] {
    Streams& streams = Streams::Get();
    streams.Check("cudaStreamWaitEvent", stream);
    streams.events().Check("cudaStreamWaitEvent", event);
    if (flags != 0) return cudaErrorInvalidValue;
    const cudaError_t error = CheckQueue(*stream);
    return error == cudaSuccess ? streams.QueueWait(stream, *event) : error;
  });
}

cudaError_t cudaDeviceSynchronize() {
  return ApiCall([&] {
    const cudaError_t error =
        Streams::Get().CheckWaitForDevice(CurrentDevice());
    if (error != cudaSuccess) return error;
    Streams::Get().WaitForDevice(CurrentDevice());
    return CheckDevice(CurrentDevice());
  });
}

cudaError_t cudaEventCreateWithFlags(cudaEvent_t* event, unsigned flags) {
  return ApiCall([&] {
    const cudaError_t error = CheckDevice(CurrentDevice());
    if (error != cudaSuccess) return error;
    if ((flags & ~(cudaEventBlockingSync | cudaEventDisableTiming)) != 0) {
      return cudaErrorInvalidValue;
    }
    auto made = std::make_unique<CUevent_st>();
    made->device = CurrentDevice();
    made->has_time = (flags & cudaEventDisableTiming) == 0;
    *event = Streams::Get().events().Add(std::move(made));
    tamp::cuda_sim::CheckAtExit();
    return cudaSuccess;
  });
}

cudaError_t cudaEventDestroy(cudaEvent_t event) {
  return ApiCall([&] {
    Streams::Get().events().Destroy("cudaEventDestroy", event);
    return CheckDevice(event->device);
  });
}

cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream) {
  return ApiCall([&] {
    Streams& streams = Streams::Get();
    streams.Check("cudaEventRecord", stream);
    streams.events().Check("cudaEventRecord", event);
    if (event->device != stream->device) {
      Fail("cudaEventRecord: an event of device " +
           std::to_string(event->device) + " on a stream of device " +
           std::to_string(stream->device));
    }
    const cudaError_t error = CheckQueue(*stream);
    if (error == cudaSuccess) streams.QueueRecord(stream, event);
    return error;
  });
}

cudaError_t cudaEventQuery(cudaEvent_t event) {
  return ApiCall([&] {
    Streams::Get().events().Check("cudaEventQuery", event);
    if (IsCaptured(*event)) return cudaErrorCapturedEvent;
    const bool has_come =
        event->record == nullptr || Streams::Get().Poll(*event->record);
    const cudaError_t error = CheckDevice(event->device);
    return error != cudaSuccess || has_come ? error : cudaErrorNotReady;
  });
}

cudaError_t cudaEventSynchronize(cudaEvent_t event) {
  return ApiCall([&] {
    Streams::Get().events().Check("cudaEventSynchronize", event);
    if (IsCaptured(*event)) return cudaErrorCapturedEvent;
    if (event->record != nullptr) Streams::Get().Wait(*event->record);
    return CheckDevice(event->device);
  });
}

cudaError_t cudaEventElapsedTime(float* milliseconds, cudaEvent_t start,
                                 cudaEvent_t end) {
  return ApiCall([&] {
    for (const cudaEvent_t event : {start, end}) {
      Streams::Get().events().Check("cudaEventElapsedTime", event);
      if (!event->has_time || event->record == nullptr) {
        return cudaErrorInvalidResourceHandle;
      }
      if (IsCaptured(*event)) return cudaErrorCapturedEvent;
      const EventRecord& record = *event->record;
      if (record.stream->num_run < record.position) return cudaErrorNotReady;
    }
    *milliseconds = std::chrono::duration<float, std::milli>(
                        end->record->time - start->record->time)
                        .count();
    return CheckDevice(end->device);
  });
}
