// Streams and events: work waits in a stream until somebody waits for it.
//
// What somebody waits for runs, with all that it is ordered behind, and nothing
// else: other streams are as late as they may be, so that work which does not
// wait for them finds memory that nobody has written.
//
// Called with the runtime locked (tests/cuda_sim/runtime/state/api_call.h).

#ifndef TAMP_TESTS_CUDA_SIM_RUNTIME_STATE_STREAMS_H_
#define TAMP_TESTS_CUDA_SIM_RUNTIME_STATE_STREAMS_H_

#include <cuda_runtime_api.h>

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/cuda_sim/runtime/queue_work.h"
#include "tests/cuda_sim/runtime/state/capture.h"
#include "tests/cuda_sim/runtime/state/handles.h"
#include "tests/cuda_sim/runtime/state/order.h"
#include "tests/cuda_sim/runtime/work_log.h"

// A point in a stream. It may be waited for when the event that made it is
// recorded again, or no more.
struct EventRecord {
  CUstream_st* stream = nullptr;
  int64_t position = 0;  // has come when so much of the stream has run
  tamp::cuda_sim::Clock clock;
  std::chrono::steady_clock::time_point time;
  // Of a captured stream: then `point` is instead of all above.
  std::shared_ptr<tamp::cuda_sim::Capture> capture;
  tamp::cuda_sim::CapturedPoint point;
};

struct CUevent_st {
  int device = 0;
  bool has_time = false;
  std::shared_ptr<EventRecord> record;  // null before the first
};

struct CUstream_st {
  struct Item {
    std::function<void()> run;
    bool is_work = false;  // of the device, which may fail
    std::shared_ptr<EventRecord> waits_for;
    // The memory that work uses; without a value nobody knows all of it.
    std::optional<std::vector<tamp::cuda_sim::MemoryRange>> uses = {};
  };

  int64_t id = 0;
  int device = 0;
  std::deque<Item> queue;
  int64_t num_queued = 0, num_run = 0;
  tamp::cuda_sim::Clock clock;                       // of what is queued next
  std::shared_ptr<tamp::cuda_sim::Capture> capture;  // null without one
};

namespace tamp {
namespace cuda_sim {

// Why the stream takes no work; cudaSuccess where it does.
cudaError_t CheckQueue(const CUstream_st& stream);

class Streams {
 public:
  static Streams& Get();

  cudaStream_t Create(int device);
  // Fails unless it is a stream that lives, and not the default one, which
  // would make all others wait. `call` is for messages.
  CUstream_st* Check(const char* call, cudaStream_t stream) const;
  // What waits in it runs before.
  void Destroy(cudaStream_t stream);

  // `work.reads` and `work.writes` are of memory that the stream may use.
  void Queue(CUstream_st* stream, Work work);
  // Whatever is queued is noted there; null: nowhere.
  void set_work_log(std::vector<QueuedWork>* works) { work_log_ = works; }
  void QueueRecord(CUstream_st* stream, CUevent_st* event);
  // An error where captured work and other work would meet.
  cudaError_t QueueWait(CUstream_st* stream, const CUevent_st& event);

  // The host waits for the stream, or for that point in it.
  void Wait(CUstream_st* stream);
  void Wait(const EventRecord& record);
  void WaitForDevice(int device);
  // Lets the stream go on a little; whether the point has come.
  bool Poll(const EventRecord& record);

  // What captures do not bear makes them invalid: to wait for one of their
  // streams, and what might wait for it (cudaMalloc).
  cudaError_t CheckWait(const CUstream_st& stream) const;
  cudaError_t CheckWaitForDevice(int device) const;
  cudaError_t CheckUnsafeCall() const;
  // The streams of a capture take work to run again.
  void EndCapture(const std::shared_ptr<Capture>& capture);

  // Fails when work that nobody has waited for uses the memory.
  void CheckUnused(const std::string& action, const char* begin,
                   const char* end) const;

  Handles<CUevent_st>& events() { return events_; }
  // Of all that is not destroyed: "" or a list.
  std::string DescribeLeft() const;

 private:
  Streams() = default;
  Clock NextClock(CUstream_st* stream);
  cudaError_t QueueCapturedWait(CUstream_st* stream, const EventRecord& record);
  void RunUntil(CUstream_st* stream, int64_t position);
  void RunNext(CUstream_st* stream);
  void KnowIsOver(const Clock& clock);

  Handles<CUstream_st> streams_{"stream"};
  Handles<CUevent_st> events_{"event"};
  int64_t num_created_ = 0;
  AccessLog log_;
  std::vector<QueuedWork>* work_log_ = nullptr;
};

}  // namespace cuda_sim
}  // namespace tamp

#endif  // TAMP_TESTS_CUDA_SIM_RUNTIME_STATE_STREAMS_H_
