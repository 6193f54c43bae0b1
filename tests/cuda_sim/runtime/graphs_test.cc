#include <cuda_runtime.h>

#include <memory>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "tests/cuda_sim/runtime/queue_work.h"
#include "tests/cuda_sim/runtime/test_kernels.cuh"
#include "tests/cuda_sim/runtime/test_objects.h"

namespace tamp {
namespace cuda_sim {
namespace {

using Floats = std::vector<float>;

void Note(int number, std::vector<int>* notes, cudaStream_t stream) {
  QueueWork(stream, {"note", {}, {}, [=] { notes->push_back(number); }});
}

cudaStreamCaptureStatus Status(cudaStream_t stream) {
  cudaStreamCaptureStatus status = cudaStreamCaptureStatusNone;
  EXPECT_EQ(cudaStreamIsCapturing(stream, &status), cudaSuccess);
  return status;
}

// What `body` asks of the stream.
template <typename Body>
cudaGraph_t CaptureOf(cudaStream_t stream, const Body& body) {
  EXPECT_EQ(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal),
            cudaSuccess);
  body();
  cudaGraph_t graph = nullptr;
  EXPECT_EQ(cudaStreamEndCapture(stream, &graph), cudaSuccess);
  return graph;
}

class TestGraph {
 public:
  template <typename Body>
  TestGraph(cudaStream_t stream, const Body& body) {
    const cudaGraph_t graph = CaptureOf(stream, body);
    EXPECT_EQ(cudaGraphInstantiate(&executable_, graph, 0), cudaSuccess);
    EXPECT_EQ(cudaGraphDestroy(graph), cudaSuccess);
  }
  TestGraph(const TestGraph&) = delete;
  ~TestGraph() { cudaGraphExecDestroy(executable_); }
  operator cudaGraphExec_t() const { return executable_; }

 private:
  cudaGraphExec_t executable_ = nullptr;
};

TEST(GraphsTest, RunWhenTheyAreLaunchedAsOftenAsThat) {
  std::vector<int> notes;
  TestStream stream;
  EXPECT_EQ(Status(stream), cudaStreamCaptureStatusNone);
  const TestGraph graph(stream, [&] {
    EXPECT_EQ(Status(stream), cudaStreamCaptureStatusActive);
    Note(1, &notes, stream);
    Note(2, &notes, stream);
  });
  EXPECT_EQ(Status(stream), cudaStreamCaptureStatusNone);
  cudaStreamSynchronize(stream);
  EXPECT_EQ(notes, std::vector<int>());
  EXPECT_EQ(cudaGraphLaunch(graph, stream), cudaSuccess);
  EXPECT_EQ(cudaGraphLaunch(graph, stream), cudaSuccess);
  EXPECT_EQ(notes, std::vector<int>());
  cudaStreamSynchronize(stream);
  EXPECT_EQ(notes, (std::vector<int>{1, 2, 1, 2}));
}

TEST(GraphsTest, HaveCopiesAndKernels) {
  TestStream stream;
  TestFloats x(2), y(2);
  PinnedFloats host(2);
  cudaLaunchConfig_t config = {};
  config.blockDim = 32;
  config.stream = stream;
  const TestGraph graph(stream, [&] {
    cudaMemcpyAsync(x.data(), host.data(), 8, cudaMemcpyHostToDevice, stream);
    cudaLaunchKernelEx(&config, AddNumber, x.data(), 1, y.data(), 2);
  });
  // Each launch takes what is there.
  for (const float value : {3.0f, 5.0f}) {
    host.data()[0] = host.data()[1] = value;
    cudaGraphLaunch(graph, stream);
    EXPECT_EQ(Download(y.data(), 2, stream), Floats(2, value + 1));
  }
}

TEST(GraphsTest, TakeOtherStreamsAlong) {
  std::vector<int> notes;
  TestStream a, b;
  TestEvent fork, join;
  const TestGraph graph(a, [&] {
    Note(1, &notes, a);
    cudaEventRecord(fork, a);
    EXPECT_EQ(cudaStreamWaitEvent(b, fork, 0), cudaSuccess);
    EXPECT_EQ(Status(b), cudaStreamCaptureStatusActive);
    Note(2, &notes, b);
    cudaEventRecord(join, b);
    EXPECT_EQ(cudaStreamWaitEvent(a, join, 0), cudaSuccess);
  });
  EXPECT_EQ(Status(b), cudaStreamCaptureStatusNone);
  cudaGraphLaunch(graph, a);
  cudaStreamSynchronize(a);
  EXPECT_EQ(notes, (std::vector<int>{1, 2}));
}

// What ends the capture that `body` is called in with that error.
template <typename Body>
void ExpectInvalidates(cudaStreamCaptureMode mode, cudaError_t error,
                       const Body& body) {
  TestStream stream;
  cudaGraph_t graph = nullptr;
  cudaStreamBeginCapture(stream, mode);
  EXPECT_EQ(body(stream), error);
  EXPECT_EQ(Status(stream), cudaStreamCaptureStatusInvalidated);
  EXPECT_EQ(QueueWork(stream, {"work", {}, {}, [] {}}),
            cudaErrorStreamCaptureInvalidated);
  EXPECT_EQ(cudaStreamEndCapture(stream, &graph),
            cudaErrorStreamCaptureInvalidated);
  EXPECT_EQ(graph, nullptr);
  EXPECT_EQ(Status(stream), cudaStreamCaptureStatusNone);
  cudaGetLastError();
}

TEST(CaptureTest, DoesNotBearWaiting) {
  const auto mode = cudaStreamCaptureModeRelaxed;
  const auto unsupported = cudaErrorStreamCaptureUnsupported;
  TestFloats x(1);
  Floats host(1);
  TestEvent event;
  ExpectInvalidates(mode, unsupported, [](cudaStream_t stream) {
    return cudaStreamSynchronize(stream);
  });
  ExpectInvalidates(mode, unsupported,
                    [](cudaStream_t) { return cudaDeviceSynchronize(); });
  ExpectInvalidates(mode, unsupported, [&](cudaStream_t stream) {
    return cudaMemcpyAsync(host.data(), x.data(), 4, cudaMemcpyDeviceToHost,
                           stream);
  });
  ExpectInvalidates(mode, unsupported, [&](cudaStream_t stream) {
    return cudaMemcpyAsync(x.data(), host.data(), 4, cudaMemcpyHostToDevice,
                           stream);
  });
  for (const auto wait : {&cudaEventSynchronize, &cudaEventQuery}) {
    ExpectInvalidates(mode, cudaErrorCapturedEvent, [&](cudaStream_t stream) {
      cudaEventRecord(event, stream);
      return wait(event);
    });
  }
}

TEST(CaptureTest, BearsAllocationOnlyRelaxed) {
  const auto allocate = [](cudaStream_t) {
    void *memory = nullptr, *pinned = nullptr;
    const cudaError_t error = cudaMalloc(&memory, 4);
    EXPECT_EQ(cudaMallocHost(&pinned, 4), error);
    EXPECT_EQ(cudaFree(memory), cudaSuccess);
    EXPECT_EQ(cudaFreeHost(pinned), cudaSuccess);
    return error;
  };
  const auto allocate_elsewhere = [&](cudaStream_t stream) {
    cudaError_t error = cudaErrorUnknown;
    std::thread([&] { error = allocate(stream); }).join();
    return error;
  };
  const auto unsupported = cudaErrorStreamCaptureUnsupported;
  ExpectInvalidates(cudaStreamCaptureModeGlobal, unsupported, allocate);
  ExpectInvalidates(cudaStreamCaptureModeGlobal, unsupported,
                    allocate_elsewhere);
  ExpectInvalidates(cudaStreamCaptureModeThreadLocal, unsupported, allocate);
  TestStream stream;
  cudaGraph_t graph = nullptr;
  cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal);
  EXPECT_EQ(allocate_elsewhere(stream), cudaSuccess);
  EXPECT_EQ(cudaStreamEndCapture(stream, &graph), cudaSuccess);
  cudaGraphDestroy(graph);
  cudaStreamBeginCapture(stream, cudaStreamCaptureModeRelaxed);
  EXPECT_EQ(allocate(stream), cudaSuccess);
  EXPECT_EQ(cudaStreamEndCapture(stream, &graph), cudaSuccess);
  cudaGraphDestroy(graph);
  cudaGetLastError();
}

TEST(CaptureTest, DoesNotBearThatMemoryIsFreed) {
  void *memory = nullptr, *pinned = nullptr;
  cudaMalloc(&memory, 4);
  cudaMallocHost(&pinned, 4);
  ExpectInvalidates(cudaStreamCaptureModeThreadLocal,
                    cudaErrorStreamCaptureUnsupported,
                    [&](cudaStream_t) { return cudaFree(memory); });
  ExpectInvalidates(cudaStreamCaptureModeThreadLocal,
                    cudaErrorStreamCaptureUnsupported,
                    [&](cudaStream_t) { return cudaFreeHost(pinned); });
  EXPECT_EQ(cudaFree(memory), cudaSuccess);
  EXPECT_EQ(cudaFreeHost(pinned), cudaSuccess);
}

TEST(CaptureTest, DoesNotMeetOtherWork) {
  TestStream a, b;
  TestEvent event;
  const auto mode = cudaStreamCaptureModeThreadLocal;
  cudaEventRecord(event, b);
  ExpectInvalidates(mode, cudaErrorStreamCaptureIsolation,
                    [&](cudaStream_t stream) {
                      return cudaStreamWaitEvent(stream, event, 0);
                    });
  cudaGraph_t graph = nullptr;
  cudaStreamBeginCapture(a, mode);
  cudaEventRecord(event, a);
  ExpectInvalidates(mode, cudaErrorStreamCaptureMerge,
                    [&](cudaStream_t stream) {
                      return cudaStreamWaitEvent(stream, event, 0);
                    });
  EXPECT_EQ(cudaStreamEndCapture(a, &graph), cudaErrorStreamCaptureInvalidated);
  cudaGetLastError();
}

TEST(CaptureTest, MustBeJoinedAndEndWhereItBegan) {
  std::vector<int> notes;
  TestStream a, b;
  TestEvent event;
  cudaGraph_t graph = nullptr;
  const auto fork = [&] {
    cudaStreamBeginCapture(a, cudaStreamCaptureModeThreadLocal);
    cudaEventRecord(event, a);
    cudaStreamWaitEvent(b, event, 0);
    Note(1, &notes, b);
  };
  fork();
  EXPECT_EQ(cudaStreamEndCapture(a, &graph), cudaErrorStreamCaptureUnjoined);
  fork();
  EXPECT_EQ(cudaStreamEndCapture(b, &graph), cudaErrorStreamCaptureUnmatched);
  EXPECT_EQ(cudaStreamEndCapture(a, &graph), cudaErrorStreamCaptureInvalidated);
  EXPECT_EQ(Status(b), cudaStreamCaptureStatusNone);
  cudaGetLastError();
}

cudaGraphExecUpdateResult Update(cudaGraphExec_t executable,
                                 cudaGraph_t graph) {
  cudaGraphExecUpdateResultInfo info = {};
  const cudaError_t error = cudaGraphExecUpdate(executable, graph, &info);
  EXPECT_EQ(error, info.result == cudaGraphExecUpdateSuccess
                       ? cudaSuccess
                       : cudaErrorGraphExecUpdateFailure);
  EXPECT_EQ(cudaGraphDestroy(graph), cudaSuccess);
  return info.result;
}

TEST(GraphUpdateTest, TakesTheSameWorkWithOtherArguments) {
  TestStream stream;
  TestFloats x(2);
  const auto fill = [&](int value) {
    return [=, &x, &stream] { cudaMemsetAsync(x.data(), value, 8, stream); };
  };
  std::vector<int> notes;
  const TestGraph graph(stream, fill(0xFF));
  EXPECT_EQ(Update(graph, CaptureOf(stream, fill(0))),
            cudaGraphExecUpdateSuccess);
  cudaGraphLaunch(graph, stream);
  EXPECT_EQ(Download(x.data(), 2, stream), Floats(2, 0));
  EXPECT_EQ(Update(graph, CaptureOf(stream, [] {})),
            cudaGraphExecUpdateErrorTopologyChanged);
  EXPECT_EQ(Update(graph, CaptureOf(stream, [&] { Note(1, &notes, stream); })),
            cudaGraphExecUpdateErrorNodeTypeChanged);
  cudaGetLastError();
}

TEST(GraphUpdateTest, TakesOtherKernels) {
  TestStream stream;
  TestFloats x(2);
  Upload({1, 2}, x.data(), stream);
  cudaLaunchConfig_t config = {};
  config.blockDim = 32;
  config.stream = stream;
  const TestGraph graph(stream, [&] {
    cudaLaunchKernelEx(&config, AddNumber, x.data(), 1, x.data(), 2);
  });
  const auto twice = [&] {
    cudaLaunchKernelEx(&config, Double, Span{2, x.data()});
  };
  EXPECT_EQ(Update(graph, CaptureOf(stream, twice)),
            cudaGraphExecUpdateSuccess);
  cudaGraphLaunch(graph, stream);
  EXPECT_EQ(Download(x.data(), 2, stream), (Floats{2, 4}));
}

TEST(GraphUpdateTest, RefusesOtherEdges) {
  std::vector<int> notes;
  TestStream a, b;
  TestEvent fork, join;
  const auto two = [&](bool is_parallel) {
    return [=, &a, &b, &fork, &join, &notes] {
      cudaEventRecord(fork, a);
      cudaStreamWaitEvent(b, fork, 0);
      Note(1, &notes, a);
      Note(2, &notes, is_parallel ? b : a);
      cudaEventRecord(join, b);
      cudaStreamWaitEvent(a, join, 0);
    };
  };
  const TestGraph graph(a, two(true));
  EXPECT_EQ(Update(graph, CaptureOf(a, two(true))), cudaGraphExecUpdateSuccess);
  EXPECT_EQ(Update(graph, CaptureOf(a, two(false))),
            cudaGraphExecUpdateErrorTopologyChanged);
  cudaGetLastError();
}

using GraphsDeathTest = testing::Test;

TEST(GraphsDeathTest, StreamsOfACaptureNeedOrder) {
  TestStream a, b;
  TestEvent fork;
  TestFloats x(2);
  cudaStreamBeginCapture(a, cudaStreamCaptureModeThreadLocal);
  cudaEventRecord(fork, a);
  cudaStreamWaitEvent(b, fork, 0);
  cudaMemsetAsync(x.data(), 0, 8, a);
  EXPECT_DEATH(cudaMemsetAsync(x.data(), 0, 8, b), "no event is between them");
  cudaGraph_t graph = nullptr;
  EXPECT_EQ(cudaStreamEndCapture(a, &graph), cudaSuccess);
  cudaGraphDestroy(graph);
}

TEST(GraphsDeathTest, LaunchesNeedOrderAndMemory) {
  TestStream a, b;
  auto x = std::make_unique<TestFloats>(2);
  const TestGraph graph(a, [&] { cudaMemsetAsync(x->data(), 0, 8, a); });
  cudaGraphLaunch(graph, a);
  EXPECT_DEATH(cudaGraphLaunch(graph, b), "no event is between them");
  x.reset();
  EXPECT_DEATH(cudaGraphLaunch(graph, a),
               "cudaMemsetAsync: 8 bytes of device 0 that are freed");
}

TEST(GraphsDeathTest, WrongUseIsReported) {
  TestStream stream;
  cudaGraph_t graph = nullptr;
  EXPECT_DEATH(cudaStreamEndCapture(stream, &graph), "nothing is captured");
  TestEvent event;
  cudaGraphDestroy(CaptureOf(stream, [&] { cudaEventRecord(event, stream); }));
  EXPECT_DEATH(cudaStreamWaitEvent(stream, event, 0),
               "the event is of a capture that has ended");
  cudaStreamBeginCapture(stream, cudaStreamCaptureModeRelaxed);
  EXPECT_DEATH(cudaStreamBeginCapture(stream, cudaStreamCaptureModeRelaxed),
               "captured already");
  EXPECT_DEATH(cudaStreamDestroy(stream), "the stream is being captured");
  EXPECT_EQ(cudaStreamEndCapture(stream, &graph), cudaSuccess);
  cudaGraphExec_t executable = nullptr;
  EXPECT_EQ(cudaGraphInstantiate(&executable, graph, 1), cudaErrorInvalidValue);
  cudaGraphInstantiate(&executable, graph, 0);
  cudaStreamBeginCapture(stream, cudaStreamCaptureModeRelaxed);
  EXPECT_DEATH(cudaGraphLaunch(executable, stream), "one that is captured");
  cudaGraph_t other = nullptr;
  cudaStreamEndCapture(stream, &other);
  cudaGraphDestroy(other);
  cudaGraphDestroy(graph);
  EXPECT_DEATH(cudaGraphDestroy(graph), "the graph is destroyed");
  cudaGraphExecDestroy(executable);
  EXPECT_DEATH(cudaGraphLaunch(executable, stream),
               "the executable graph is destroyed");
  cudaGetLastError();
}

}  // namespace
}  // namespace cuda_sim
}  // namespace tamp
