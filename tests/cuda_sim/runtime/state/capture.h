// Capture: work that streams are given becomes nodes of a graph instead of
// running.

#ifndef TAMP_TESTS_CUDA_SIM_RUNTIME_STATE_CAPTURE_H_
#define TAMP_TESTS_CUDA_SIM_RUNTIME_STATE_CAPTURE_H_

#include <cuda_runtime_api.h>

#include <cstdint>
#include <map>
#include <thread>
#include <vector>

#include "tests/cuda_sim/runtime/queue_work.h"
#include "tests/cuda_sim/runtime/state/handles.h"
#include "tests/cuda_sim/runtime/state/order.h"

namespace tamp {
namespace cuda_sim {

struct GraphNode {
  Work work;
  std::vector<int> after;  // nodes before this one
};

// A point of a captured stream: what is queued next is behind it.
struct CapturedPoint {
  std::vector<int> nodes;
  Clock clock;
};

class Capture {
 public:
  Capture(int64_t origin, cudaStreamCaptureMode mode);

  // Streams are named by their ids. Fails as AccessLog does.
  void Add(int64_t stream, Work work);
  const CapturedPoint& PointOf(int64_t stream) { return points_[stream]; }
  // What the stream is given next is behind `point` too; from now on it is
  // captured.
  void Join(int64_t stream, const CapturedPoint& point);

  int64_t origin() const { return origin_; }
  // Whether this thread must not do what might wait for the streams.
  bool ForbidsUnsafeCalls() const;
  void Invalidate() { is_valid_ = false; }
  bool is_valid() const { return is_valid_; }
  void End() { has_ended_ = true; }
  bool has_ended() const { return has_ended_; }

  // Whether the origin is behind all that the others were given.
  bool IsJoined() const;
  const std::vector<GraphNode>& nodes() const { return nodes_; }

 private:
  const int64_t origin_;
  const cudaStreamCaptureMode mode_;
  const std::thread::id thread_ = std::this_thread::get_id();
  bool is_valid_ = true, has_ended_ = false;
  std::map<int64_t, CapturedPoint> points_;
  std::vector<GraphNode> nodes_;
  AccessLog log_;
};

}  // namespace cuda_sim
}  // namespace tamp

struct CUgraph_st {
  int device = 0;
  std::vector<tamp::cuda_sim::GraphNode> nodes;
};

struct CUgraphExec_st {
  int device = 0;
  std::vector<tamp::cuda_sim::GraphNode> nodes;
};

namespace tamp {
namespace cuda_sim {

// All that there are.
Handles<CUgraph_st>& Graphs();
Handles<CUgraphExec_st>& ExecutableGraphs();

}  // namespace cuda_sim
}  // namespace tamp

#endif  // TAMP_TESTS_CUDA_SIM_RUNTIME_STATE_CAPTURE_H_
