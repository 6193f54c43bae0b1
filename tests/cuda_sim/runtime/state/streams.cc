#include "tests/cuda_sim/runtime/state/streams.h"

#include <utility>

#include "tests/cuda_sim/engine/fault.h"
#include "tests/cuda_sim/runtime/state/memory.h"
#include "tests/cuda_sim/runtime/state/system.h"

namespace tamp {
namespace cuda_sim {

namespace {

void OpenFor(const CUstream_st::Item& work, int device) {
  if (work.uses.has_value()) {
    SimulatedMemory::Get().Open(device, *work.uses);
  } else {
    SimulatedMemory::Get().Open(device);
  }
}

}  // namespace

Streams& Streams::Get() {
  static Streams& streams = *new Streams;
  return streams;
}

cudaStream_t Streams::Create(int device) {
  auto stream = std::make_unique<CUstream_st>();
  stream->id = ++num_created_;
  stream->device = device;
  CheckAtExit();
  return streams_.Add(std::move(stream));
}

CUstream_st* Streams::Check(const char* call, cudaStream_t stream) const {
  if (stream == nullptr) {
    Fail(std::string(call) + ": the default stream makes all others wait");
  }
  return streams_.Check(call, stream);
}

void Streams::Destroy(cudaStream_t stream) {
  if (stream->capture != nullptr) {
    Fail("cudaStreamDestroy: the stream is being captured");
  }
  RunUntil(stream, stream->num_queued);
  SimulatedMemory::Get().Close();
  streams_.Destroy("cudaStreamDestroy", stream);
}

// What happens before the stream's next item, which it counts.
Clock Streams::NextClock(CUstream_st* stream) {
  const Clock before = stream->clock;
  stream->clock[stream->id] = ++stream->num_queued;
  return before;
}

cudaError_t CheckQueue(const CUstream_st& stream) {
  const cudaError_t error = CheckDevice(stream.device);
  if (error != cudaSuccess) return error;
  return stream.capture == nullptr || stream.capture->is_valid()
             ? cudaSuccess
             : cudaErrorStreamCaptureInvalidated;
}

void Streams::Queue(CUstream_st* stream, Work work) {
  if (stream->capture != nullptr) {
    stream->capture->Add(stream->id, std::move(work));
    return;
  }
  const Clock before = NextClock(stream);
  log_.AddAll(work, stream->id, stream->num_queued, before);
  if (work_log_ != nullptr) {
    work_log_->push_back({stream, work.name, work.reads, work.writes});
  }
  if (work.on_queue != nullptr) work.on_queue();
  CUstream_st::Item item = {std::move(work.run), true, nullptr};
  if (!work.uses_more) {
    item.uses = std::move(work.reads);
    item.uses->insert(item.uses->end(), work.writes.begin(), work.writes.end());
  }
  stream->queue.push_back(std::move(item));
}

void Streams::QueueRecord(CUstream_st* stream, CUevent_st* event) {
  auto record = std::make_shared<EventRecord>();
  event->record = record;
  if (stream->capture != nullptr) {
    record->capture = stream->capture;
    record->point = stream->capture->PointOf(stream->id);
    return;
  }
  NextClock(stream);
  record->stream = stream;
  record->position = stream->num_queued;
  record->clock = stream->clock;
  const auto run = [record] {
    record->time = std::chrono::steady_clock::now();
  };
  stream->queue.push_back({run, false, nullptr});
}

cudaError_t Streams::QueueWait(CUstream_st* stream, const CUevent_st& event) {
  // Never recorded: there is nothing to wait for.
  if (event.record == nullptr) return cudaSuccess;
  if (event.record->capture != nullptr) {
    return QueueCapturedWait(stream, *event.record);
  }
  if (stream->capture != nullptr) {
    stream->capture->Invalidate();
    return cudaErrorStreamCaptureIsolation;
  }
  NextClock(stream);
  Join(event.record->clock, &stream->clock);
  stream->queue.push_back({[] {}, false, event.record});
  return cudaSuccess;
}

cudaError_t Streams::QueueCapturedWait(CUstream_st* stream,
                                       const EventRecord& record) {
  if (stream->capture != nullptr && stream->capture != record.capture) {
    stream->capture->Invalidate();
    record.capture->Invalidate();
    return cudaErrorStreamCaptureMerge;
  }
  if (record.capture->has_ended()) {
    Fail("cudaStreamWaitEvent: the event is of a capture that has ended");
  }
  stream->capture = record.capture;
  stream->capture->Join(stream->id, record.point);
  return cudaSuccess;
}

void Streams::RunUntil(CUstream_st* stream, int64_t position) {
  while (stream->num_run < position) RunNext(stream);
}

void Streams::RunNext(CUstream_st* stream) {
  const CUstream_st::Item item = std::move(stream->queue.front());
  stream->queue.pop_front();
  if (item.waits_for != nullptr) {
    RunUntil(item.waits_for->stream, item.waits_for->position);
  }
  SystemState& system = System();
  const auto next_error = system.errors_of_next_work.find(stream->device);
  if (item.is_work && next_error != system.errors_of_next_work.end()) {
    system.errors[stream->device] = next_error->second;
    system.errors_of_next_work.erase(next_error);
  }
  // A broken device does nothing any more.
  if (!item.is_work || system.errors.count(stream->device) == 0) {
    if (item.is_work) OpenFor(item, stream->device);
    item.run();
  }
  ++stream->num_run;
}

void Streams::Wait(CUstream_st* stream) {
  RunUntil(stream, stream->num_queued);
  SimulatedMemory::Get().Close();
  KnowIsOver(stream->clock);
}

void Streams::Wait(const EventRecord& record) {
  RunUntil(record.stream, record.position);
  SimulatedMemory::Get().Close();
  KnowIsOver(record.clock);
}

void Streams::WaitForDevice(int device) {
  streams_.ForEachLive([&](CUstream_st* stream) {
    if (stream->device == device) Wait(stream);
  });
}

bool Streams::Poll(const EventRecord& record) {
  if (record.stream->num_run < record.position) {
    RunNext(record.stream);
    SimulatedMemory::Get().Close();
    return false;
  }
  KnowIsOver(record.clock);
  return true;
}

cudaError_t Streams::CheckWait(const CUstream_st& stream) const {
  if (stream.capture == nullptr) return cudaSuccess;
  stream.capture->Invalidate();
  return cudaErrorStreamCaptureUnsupported;
}

cudaError_t Streams::CheckWaitForDevice(int device) const {
  cudaError_t error = cudaSuccess;
  streams_.ForEachLive([&](const CUstream_st* stream) {
    if (stream->device != device || stream->capture == nullptr) return;
    error = CheckWait(*stream);
  });
  return error;
}

cudaError_t Streams::CheckUnsafeCall() const {
  cudaError_t error = cudaSuccess;
  streams_.ForEachLive([&](const CUstream_st* stream) {
    if (stream->capture == nullptr || !stream->capture->ForbidsUnsafeCalls()) {
      return;
    }
    error = CheckWait(*stream);
  });
  return error;
}

void Streams::EndCapture(const std::shared_ptr<Capture>& capture) {
  capture->End();
  streams_.ForEachLive([&](CUstream_st* stream) {
    if (stream->capture == capture) stream->capture = nullptr;
  });
}

void Streams::KnowIsOver(const Clock& clock) { log_.Forget(clock); }

void Streams::CheckUnused(const std::string& action, const char* begin,
                          const char* end) const {
  log_.CheckUnused(action, begin, end);
}

std::string Streams::DescribeLeft() const {
  std::string left;
  const auto add = [&](int count, const std::string& kind) {
    if (count == 0) return;
    left += (left.empty() ? "" : ", ") + std::to_string(count) + " " + kind +
            (count == 1 ? "" : "s");
  };
  add(streams_.num_live(), streams_.kind());
  add(events_.num_live(), events_.kind());
  add(Graphs().num_live(), Graphs().kind());
  add(ExecutableGraphs().num_live(), ExecutableGraphs().kind());
  return left;
}

}  // namespace cuda_sim
}  // namespace tamp
