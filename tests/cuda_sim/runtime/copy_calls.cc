// CUDA's functions that copy and fill.
//
// Pinned memory that is copied from must stay as it is until the copy has run,
// and that which is copied to is all ones until then. Other memory of the host
// is the caller's again when the call returns, as with CUDA: what comes from it
// is kept, and what goes there is waited for.

#include <cuda_runtime_api.h>

#include <cstring>
#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/cuda_sim/engine/fault.h"
#include "tests/cuda_sim/runtime/state/api_call.h"
#include "tests/cuda_sim/runtime/state/memory.h"
#include "tests/cuda_sim/runtime/state/ranges.h"
#include "tests/cuda_sim/runtime/state/streams.h"
#include "tests/cuda_sim/runtime/state/system.h"

namespace tamp {
namespace cuda_sim {
namespace {

struct Rows {
  char* begin;
  size_t pitch, width, height;

  char* row(size_t i) const { return begin + i * pitch; }
};

std::vector<MemoryRange> RangesOf(const Rows& rows) {
  if (rows.pitch == rows.width || rows.height == 1) {
    return {{rows.begin, rows.width * rows.height}};
  }
  std::vector<MemoryRange> ranges;
  for (size_t i = 0; i < rows.height; ++i) {
    ranges.push_back({rows.row(i), rows.width});
  }
  return ranges;
}

void CopyRows(const Rows& from, const Rows& to) {
  for (size_t i = 0; i < from.height; ++i) {
    std::memcpy(to.row(i), from.row(i), from.width);
  }
}

std::vector<char> Keep(const Rows& rows) {
  std::vector<char> kept(rows.width * rows.height);
  CopyRows(rows, {kept.data(), rows.width, rows.width, rows.height});
  return kept;
}

// Whether it is pinned memory; fails when it is a device's.
bool IsPinned(const char* call, const Rows& rows) {
  const MemoryBlock* block = SimulatedMemory::Get().Find(rows.begin);
  if (block == nullptr) return false;
  for (const MemoryRange& range : RangesOf(rows)) {
    CheckRange(call, kPinned, range);
  }
  return true;
}

void CheckIsOfDevice(const char* call, int device, const Rows& rows) {
  for (const MemoryRange& range : RangesOf(rows)) {
    CheckRange(call, device, range);
  }
}

cudaError_t CopyFromHost(const char* call, const Rows& from, const Rows& to,
                         CUstream_st* stream) {
  CheckIsOfDevice(call, stream->device, to);
  const bool is_pinned = IsPinned(call, from);
  if (!is_pinned && stream->capture != nullptr) {
    return Streams::Get().CheckWait(*stream);
  }
  // What was there when the copy was queued, as often as it waits.
  const auto kept = std::make_shared<std::deque<std::vector<char>>>();
  Work work = {call, {}, RangesOf(to), nullptr};
  if (is_pinned) work.reads = RangesOf(from);
  work.on_queue = [=] { kept->push_back(Keep(from)); };
  work.run = [=] {
    if (is_pinned && Keep(from) != kept->front()) {
      Fail(std::string(call) + ": the pinned memory that is copied from has " +
           "changed before the copy ran");
    }
    CopyRows({kept->front().data(), from.width, from.width, from.height}, to);
    kept->pop_front();
  };
  Streams::Get().Queue(stream, std::move(work));
  return cudaSuccess;
}

cudaError_t CopyToHost(const char* call, const Rows& from, const Rows& to,
                       CUstream_st* stream) {
  CheckIsOfDevice(call, stream->device, from);
  const bool is_pinned = IsPinned(call, to);
  if (!is_pinned && stream->capture != nullptr) {
    return Streams::Get().CheckWait(*stream);
  }
  Work work = {call, RangesOf(from), {}, [=] { CopyRows(from, to); }};
  if (is_pinned) {
    work.writes = RangesOf(to);
    work.on_queue = [=] {
      for (size_t i = 0; i < to.height; ++i) {
        std::memset(to.row(i), 0xFF, to.width);
      }
    };
  }
  Streams::Get().Queue(stream, std::move(work));
  if (is_pinned) return cudaSuccess;
  Streams::Get().Wait(stream);
  return CheckDevice(stream->device);
}

cudaError_t CopyOnDevice(const char* call, const Rows& from, const Rows& to,
                         CUstream_st* stream) {
  CheckIsOfDevice(call, stream->device, from);
  CheckIsOfDevice(call, stream->device, to);
  const char* from_end = from.row(from.height - 1) + from.width;
  const char* to_end = to.row(to.height - 1) + to.width;
  if (from.height == 1 && from.begin < to_end && to.begin < from_end) {
    Fail(std::string(call) + ": from and to overlap");
  }
  Streams::Get().Queue(stream, {call, RangesOf(from), RangesOf(to),
                                [=] { CopyRows(from, to); }});
  return cudaSuccess;
}

cudaError_t Copy(const char* call, const Rows& from, const Rows& to,
                 cudaMemcpyKind kind, cudaStream_t stream) {
  Streams::Get().Check(call, stream);
  const cudaError_t error = CheckQueue(*stream);
  if (error != cudaSuccess || to.width * to.height == 0) return error;
  switch (kind) {
    case cudaMemcpyHostToDevice:
      return CopyFromHost(call, from, to, stream);
    case cudaMemcpyDeviceToHost:
      return CopyToHost(call, from, to, stream);
    case cudaMemcpyDeviceToDevice:
      return CopyOnDevice(call, from, to, stream);
    case cudaMemcpyHostToHost:
    case cudaMemcpyDefault:
      break;
  }
  Fail(std::string(call) + ": say from where to where, with a device's memory");
}

}  // namespace
}  // namespace cuda_sim
}  // namespace tamp

using tamp::cuda_sim::ApiCall;

cudaError_t cudaMemcpyAsync(void* to, const void* from, size_t bytes,
                            cudaMemcpyKind kind, cudaStream_t stream) {
  return ApiCall([&] {
    return tamp::cuda_sim::Copy(
        "cudaMemcpyAsync",
        {static_cast<char*>(const_cast<void*>(from)), bytes, bytes, 1},
        {static_cast<char*>(to), bytes, bytes, 1}, kind, stream);
  });
}

cudaError_t cudaMemcpy2DAsync(void* to, size_t to_pitch, const void* from,
                              size_t from_pitch, size_t width, size_t height,
                              cudaMemcpyKind kind, cudaStream_t stream) {
  return ApiCall([&] {
    if (width > to_pitch || width > from_pitch) {
      tamp::cuda_sim::Fail(
          "cudaMemcpy2DAsync: rows are wider than their pitch");
    }
    return tamp::cuda_sim::Copy(
        "cudaMemcpy2DAsync",
        {static_cast<char*>(const_cast<void*>(from)), from_pitch, width,
         height},
        {static_cast<char*>(to), to_pitch, width, height}, kind, stream);
  });
}

cudaError_t cudaMemsetAsync(void* memory, int value, size_t bytes,
                            cudaStream_t stream) {
  return tamp::cuda_sim::QueueWork(
      stream, {"cudaMemsetAsync", {}, {{memory, bytes}}, [=] {
                 std::memset(memory, value, bytes);
               }});
}
