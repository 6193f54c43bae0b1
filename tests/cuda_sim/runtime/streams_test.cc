#include <cuda_runtime_api.h>

#include <cmath>
#include <vector>

#include "gtest/gtest.h"
#include "tests/cuda_sim/runtime/queue_work.h"
#include "tests/cuda_sim/runtime/test_objects.h"
#include "tests/cuda_sim/runtime/work_log.h"

namespace tamp {
namespace cuda_sim {
namespace {

// Work without memory, which notes that it has run.
void Note(int number, std::vector<int>* notes, cudaStream_t stream) {
  EXPECT_EQ(
      QueueWork(stream, {"note", {}, {}, [=] { notes->push_back(number); }}),
      cudaSuccess);
}

TEST(StreamsTest, WorkWaitsForSomebodyWhoWaits) {
  std::vector<int> notes;
  TestStream a, b;
  Note(1, &notes, a);
  Note(2, &notes, b);
  Note(3, &notes, a);
  EXPECT_EQ(notes, std::vector<int>());
  EXPECT_EQ(cudaStreamSynchronize(a), cudaSuccess);
  EXPECT_EQ(notes, (std::vector<int>{1, 3}));
  EXPECT_EQ(cudaDeviceSynchronize(), cudaSuccess);
  EXPECT_EQ(notes, (std::vector<int>{1, 3, 2}));
}

TEST(StreamsTest, LogsWhatIsQueuedWhileItExists) {
  std::vector<int> notes;
  TestStream a, b;
  const TestFloats memory(2);
  Note(1, &notes, a);
  {
    const ScopedWorkLog log;
    Note(2, &notes, b);
    EXPECT_EQ(cudaMemsetAsync(memory.data(), 0, 8, a), cudaSuccess);
    ASSERT_EQ(log.works().size(), 2u);
    EXPECT_EQ(log.works()[0].name, "note");
    EXPECT_EQ(log.works()[0].stream, cudaStream_t(b));
    EXPECT_EQ(log.works()[1].name, "cudaMemsetAsync");
    ASSERT_EQ(log.works()[1].writes.size(), 1u);
    EXPECT_EQ(log.works()[1].writes[0].bytes, 8u);
    EXPECT_EQ(notes, std::vector<int>());
  }
  Note(3, &notes, a);
  EXPECT_EQ(cudaDeviceSynchronize(), cudaSuccess);
}

TEST(StreamsTest, DestructionLetsWorkRun) {
  std::vector<int> notes;
  {
    TestStream stream;
    Note(1, &notes, stream);
  }
  EXPECT_EQ(notes, std::vector<int>{1});
}

TEST(StreamsTest, EventsOrderStreams) {
  std::vector<int> notes;
  TestStream a, b;
  TestEvent event;
  Note(1, &notes, a);
  EXPECT_EQ(cudaEventRecord(event, a), cudaSuccess);
  Note(2, &notes, a);
  EXPECT_EQ(cudaStreamWaitEvent(b, event, 0), cudaSuccess);
  // What has been waited for stays: only later waits mean this.
  cudaEventRecord(event, a);
  Note(3, &notes, b);
  EXPECT_EQ(cudaStreamSynchronize(b), cudaSuccess);
  EXPECT_EQ(notes, (std::vector<int>{1, 3}));
  EXPECT_EQ(cudaEventSynchronize(event), cudaSuccess);
  EXPECT_EQ(notes, (std::vector<int>{1, 3, 2}));
}

TEST(StreamsTest, UnrecordedEventsHaveCome) {
  TestStream stream;
  TestEvent event;
  EXPECT_EQ(cudaStreamWaitEvent(stream, event, 0), cudaSuccess);
  EXPECT_EQ(cudaEventQuery(event), cudaSuccess);
  EXPECT_EQ(cudaEventSynchronize(event), cudaSuccess);
}

TEST(StreamsTest, WhoAsksAgainAndAgainIsAnsweredOnce) {
  std::vector<int> notes;
  TestStream stream;
  TestEvent event;
  Note(1, &notes, stream);
  Note(2, &notes, stream);
  cudaEventRecord(event, stream);
  int num_asked = 0;
  while (cudaEventQuery(event) == cudaErrorNotReady) ++num_asked;
  EXPECT_EQ(num_asked, 3);
  EXPECT_EQ(notes, (std::vector<int>{1, 2}));
  cudaGetLastError();
}

TEST(StreamsTest, EventsTellTheTime) {
  TestStream stream;
  TestEvent start(cudaEventDefault), end(cudaEventDefault), without_time;
  float milliseconds = -1;
  EXPECT_EQ(cudaEventElapsedTime(&milliseconds, start, end),
            cudaErrorInvalidResourceHandle);
  cudaEventRecord(start, stream);
  cudaEventRecord(end, stream);
  cudaEventRecord(without_time, stream);
  EXPECT_EQ(cudaEventElapsedTime(&milliseconds, start, end), cudaErrorNotReady);
  cudaStreamSynchronize(stream);
  EXPECT_EQ(cudaEventElapsedTime(&milliseconds, start, end), cudaSuccess);
  EXPECT_GE(milliseconds, 0);
  EXPECT_EQ(cudaEventElapsedTime(&milliseconds, start, without_time),
            cudaErrorInvalidResourceHandle);
  cudaGetLastError();
}

TEST(StreamsTest, RefuseFlagsThatAreNoFlags) {
  cudaStream_t stream;
  cudaEvent_t event;
  EXPECT_EQ(cudaStreamCreateWithFlags(&stream, 8), cudaErrorInvalidValue);
  EXPECT_EQ(cudaEventCreateWithFlags(&event, 8), cudaErrorInvalidValue);
  EXPECT_EQ(cudaGetLastError(), cudaErrorInvalidValue);
}

// Two pieces of work with the same memory on two streams; `order` is called
// between them.
template <typename Order>
void UseTwice(bool is_written_first, bool is_written_next, const Order& order) {
  TestStream a, b;
  TestFloats x(8);
  const auto use = [&](bool is_written, float* begin, cudaStream_t stream) {
    Work work = {is_written ? "writer" : "reader", {}, {}, [] {}};
    (is_written ? work.writes : work.reads).push_back({begin, 16});
    QueueWork(stream, work);
  };
  use(is_written_first, x.data(), a);
  order(a, b);
  use(is_written_next, x.data() + 2, b);
}

TEST(OrderTest, ReadersNeedNone) {
  UseTwice(false, false, [](cudaStream_t, cudaStream_t) {});
}

TEST(OrderTest, EventsAndTheHostGiveIt) {
  UseTwice(true, true, [](cudaStream_t a, cudaStream_t b) {
    TestEvent event;
    cudaEventRecord(event, a);
    cudaStreamWaitEvent(b, event, 0);
  });
  UseTwice(true, true,
           [](cudaStream_t a, cudaStream_t) { cudaStreamSynchronize(a); });
  UseTwice(true, true, [](cudaStream_t a, cudaStream_t) {
    TestEvent event;
    cudaEventRecord(event, a);
    cudaEventSynchronize(event);
  });
  UseTwice(true, true, [](cudaStream_t a, cudaStream_t) {
    TestEvent event;
    cudaEventRecord(event, a);
    while (cudaEventQuery(event) == cudaErrorNotReady) {
    }
    cudaGetLastError();
  });
}

TEST(OrderTest, GoesThroughAThirdStream) {
  UseTwice(true, true, [](cudaStream_t a, cudaStream_t b) {
    TestStream third;
    TestEvent first, second;
    cudaEventRecord(first, a);
    cudaStreamWaitEvent(third, first, 0);
    cudaEventRecord(second, third);
    cudaStreamWaitEvent(b, second, 0);
  });
}

TEST(OrderTest, OtherBytesNeedNone) {
  TestStream a, b;
  TestFloats x(8);
  cudaMemsetAsync(x.data(), 0, 16, a);
  cudaMemsetAsync(x.data() + 4, 0, 16, b);
}

using OrderDeathTest = testing::Test;

TEST(OrderDeathTest, WritersNeedIt) {
  const auto none = [](cudaStream_t, cudaStream_t) {};
  EXPECT_DEATH(UseTwice(true, false, none),
               "reader, number 1 on stream [0-9]*, reads memory that writer, "
               "number 1 on stream [0-9]*, writes, and no event is between");
  EXPECT_DEATH(UseTwice(false, true, none), "no event is between them");
  EXPECT_DEATH(UseTwice(true, true, none), "no event is between them");
}

TEST(OrderDeathTest, AnEventThatIsTooEarlyDoesNotGiveIt) {
  EXPECT_DEATH(UseTwice(true, false,
                        [](cudaStream_t a, cudaStream_t b) {
                          TestEvent event;
                          cudaStreamWaitEvent(b, event, 0);
                          cudaEventRecord(event, a);
                        }),
               "no event is between them");
}

// The other stream has run by now: that is luck.
TEST(OrderDeathTest, HavingRunDoesNotGiveIt) {
  const auto wait_for_all = [] {
    UseTwice(true, false, [](cudaStream_t a, cudaStream_t) {
      TestEvent event;
      cudaEventRecord(event, a);
      cudaEventQuery(event);
    });
  };
  EXPECT_DEATH(wait_for_all(), "no event is between them");
}

using HandlesDeathTest = testing::Test;

TEST(HandlesDeathTest, WrongOnesAreReported) {
  cudaStream_t stream;
  cudaEvent_t event;
  cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking);
  cudaEventCreateWithFlags(&event, cudaEventDisableTiming);
  EXPECT_DEATH(cudaStreamSynchronize(reinterpret_cast<cudaStream_t>(event)),
               "cudaStreamSynchronize: no stream of");
  EXPECT_DEATH(cudaStreamSynchronize(nullptr), "the default stream");
  EXPECT_DEATH(cudaEventRecord(nullptr, stream),
               "cudaEventRecord: no event of");
  cudaStreamDestroy(stream);
  cudaEventDestroy(event);
  EXPECT_DEATH(cudaStreamSynchronize(stream),
               "cudaStreamSynchronize: the stream is destroyed");
  EXPECT_DEATH(cudaStreamDestroy(stream), "the stream is destroyed");
  EXPECT_DEATH(cudaEventQuery(event), "the event is destroyed");
}

}  // namespace
}  // namespace cuda_sim
}  // namespace tamp
