#include "tests/cuda_sim/runtime/state/capture.h"

#include <algorithm>
#include <utility>

namespace tamp {
namespace cuda_sim {

Capture::Capture(int64_t origin, cudaStreamCaptureMode mode)
    : origin_(origin), mode_(mode), points_{{origin, {}}} {}

void Capture::Add(int64_t stream, Work work) {
  CapturedPoint& point = points_[stream];
  const Clock before = point.clock;
  const int64_t position = ++point.clock[stream];
  log_.AddAll(work, stream, position, before);
  nodes_.push_back({std::move(work), point.nodes});
  point.nodes = {static_cast<int>(nodes_.size()) - 1};
}

void Capture::Join(int64_t stream, const CapturedPoint& point) {
  CapturedPoint& own = points_[stream];
  cuda_sim::Join(point.clock, &own.clock);
  for (const int node : point.nodes) {
    const auto place =
        std::lower_bound(own.nodes.begin(), own.nodes.end(), node);
    if (place == own.nodes.end() || *place != node)
      own.nodes.insert(place, node);
  }
}

// CUDA Runtime API, cudaThreadExchangeStreamCaptureMode, for a thread that has
// not called it.
bool Capture::ForbidsUnsafeCalls() const {
  return mode_ == cudaStreamCaptureModeGlobal ||
         (mode_ == cudaStreamCaptureModeThreadLocal &&
          thread_ == std::this_thread::get_id());
}

bool Capture::IsJoined() const {
  std::vector<bool> is_behind(nodes_.size(), false);
  for (const int node : points_.at(origin_).nodes) is_behind[node] = true;
  // A node stands behind those that it is after.
  for (int i = static_cast<int>(nodes_.size()) - 1; i >= 0; --i) {
    if (!is_behind[i]) return false;
    for (const int node : nodes_[i].after) is_behind[node] = true;
  }
  return true;
}

Handles<CUgraph_st>& Graphs() {
  static auto& graphs = *new Handles<CUgraph_st>("graph");
  return graphs;
}

Handles<CUgraphExec_st>& ExecutableGraphs() {
  static auto& graphs = *new Handles<CUgraphExec_st>("executable graph");
  return graphs;
}

}  // namespace cuda_sim
}  // namespace tamp
