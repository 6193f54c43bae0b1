// CUDA's functions of captures and graphs.

#include <cuda_runtime_api.h>

#include <memory>
#include <string>

#include "tests/cuda_sim/engine/fault.h"
#include "tests/cuda_sim/runtime/state/api_call.h"
#include "tests/cuda_sim/runtime/state/capture.h"
#include "tests/cuda_sim/runtime/state/ranges.h"
#include "tests/cuda_sim/runtime/state/streams.h"
#include "tests/cuda_sim/runtime/state/system.h"

namespace tamp {
namespace cuda_sim {
namespace {

cudaError_t EndCapture(CUstream_st* stream, cudaGraph_t* graph) {
  const std::shared_ptr<Capture> capture = stream->capture;
  if (capture == nullptr) Fail("cudaStreamEndCapture: nothing is captured");
  *graph = nullptr;
  if (capture->origin() != stream->id) {
    capture->Invalidate();
    return cudaErrorStreamCaptureUnmatched;
  }
  Streams::Get().EndCapture(capture);
  if (!capture->is_valid()) return cudaErrorStreamCaptureInvalidated;
  if (!capture->IsJoined()) return cudaErrorStreamCaptureUnjoined;
  auto made = std::make_unique<CUgraph_st>();
  made->device = stream->device;
  made->nodes = capture->nodes();
  *graph = Graphs().Add(std::move(made));
  return cudaSuccess;
}

// Whether a node may become the other when a graph is updated: copies and fills
// stay what they are, and kernels kernels.
bool IsSameKind(const GraphNode& a, const GraphNode& b) {
  const auto kind = [](const GraphNode& node) {
    return node.work.function == nullptr ? node.work.name : "kernel";
  };
  return kind(a) == kind(b);
}

cudaGraphExecUpdateResult Compare(const CUgraphExec_st& executable,
                                  const CUgraph_st& graph) {
  if (executable.nodes.size() != graph.nodes.size()) {
    return cudaGraphExecUpdateErrorTopologyChanged;
  }
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    if (executable.nodes[i].after != graph.nodes[i].after) {
      return cudaGraphExecUpdateErrorTopologyChanged;
    }
    if (!IsSameKind(executable.nodes[i], graph.nodes[i])) {
      return cudaGraphExecUpdateErrorNodeTypeChanged;
    }
  }
  return cudaGraphExecUpdateSuccess;
}

void Launch(const CUgraphExec_st& executable, CUstream_st* stream) {
  if (executable.device != stream->device || stream->capture != nullptr) {
    Fail(
        "cudaGraphLaunch: a stream of another device, or one that is captured");
  }
  for (const GraphNode& node : executable.nodes) {
    CheckStillThere(node.work);
    Streams::Get().Queue(stream, node.work);
  }
}

}  // namespace
}  // namespace cuda_sim
}  // namespace tamp

using tamp::cuda_sim::ApiCall;
using tamp::cuda_sim::ExecutableGraphs;
using tamp::cuda_sim::Graphs;
using tamp::cuda_sim::Streams;

cudaError_t cudaStreamBeginCapture(cudaStream_t stream,
                                   cudaStreamCaptureMode mode) {
  return ApiCall([&] {
    Streams::Get().Check("cudaStreamBeginCapture", stream);
    if (stream->capture != nullptr) {
      tamp::cuda_sim::Fail("cudaStreamBeginCapture: it is captured already");
    }
    const cudaError_t error = tamp::cuda_sim::CheckQueue(*stream);
    if (error != cudaSuccess) return error;
    stream->capture =
        std::make_shared<tamp::cuda_sim::Capture>(stream->id, mode);
    return cudaSuccess;
  });
}

cudaError_t cudaStreamIsCapturing(cudaStream_t stream,
                                  cudaStreamCaptureStatus* status) {
  return ApiCall([&] {
    Streams::Get().Check("cudaStreamIsCapturing", stream);
    *status = stream->capture == nullptr ? cudaStreamCaptureStatusNone
              : stream->capture->is_valid()
                  ? cudaStreamCaptureStatusActive
                  : cudaStreamCaptureStatusInvalidated;
    return tamp::cuda_sim::CheckDevice(stream->device);
  });
}

cudaError_t cudaStreamEndCapture(cudaStream_t stream, cudaGraph_t* graph) {
  return ApiCall([&] {
    return tamp::cuda_sim::EndCapture(
        Streams::Get().Check("cudaStreamEndCapture", stream), graph);
  });
}

cudaError_t cudaGraphDestroy(cudaGraph_t graph) {
  return ApiCall([&] {
    Graphs().Destroy("cudaGraphDestroy", graph);
    return cudaSuccess;
  });
}

cudaError_t cudaGraphInstantiate(cudaGraphExec_t* executable, cudaGraph_t graph,
                                 unsigned long long flags) {
  return ApiCall([&] {
    Graphs().Check("cudaGraphInstantiate", graph);
    if (flags != 0) return cudaErrorInvalidValue;
    const cudaError_t error = tamp::cuda_sim::CheckDevice(graph->device);
    if (error != cudaSuccess) return error;
    auto made = std::make_unique<CUgraphExec_st>();
    made->device = graph->device;
    made->nodes = graph->nodes;
    *executable = ExecutableGraphs().Add(std::move(made));
    return cudaSuccess;
  });
}

cudaError_t cudaGraphExecUpdate(cudaGraphExec_t executable, cudaGraph_t graph,
                                cudaGraphExecUpdateResultInfo* result) {
  return ApiCall([&] {
    ExecutableGraphs().Check("cudaGraphExecUpdate", executable);
    Graphs().Check("cudaGraphExecUpdate", graph);
    *result = {};
    result->result = tamp::cuda_sim::Compare(*executable, *graph);
    if (result->result != cudaGraphExecUpdateSuccess) {
      return cudaErrorGraphExecUpdateFailure;
    }
    executable->nodes = graph->nodes;
    return cudaSuccess;
  });
}

cudaError_t cudaGraphLaunch(cudaGraphExec_t executable, cudaStream_t stream) {
  return ApiCall([&] {
    ExecutableGraphs().Check("cudaGraphLaunch", executable);
    Streams::Get().Check("cudaGraphLaunch", stream);
    const cudaError_t error = tamp::cuda_sim::CheckDevice(stream->device);
    if (error == cudaSuccess) tamp::cuda_sim::Launch(*executable, stream);
    return error;
  });
}

cudaError_t cudaGraphExecDestroy(cudaGraphExec_t executable) {
  return ApiCall([&] {
    ExecutableGraphs().Destroy("cudaGraphExecDestroy", executable);
    return cudaSuccess;
  });
}
