// Streams, events and memory for tests, gone when the test ends.

#ifndef TAMP_TESTS_CUDA_SIM_RUNTIME_TEST_OBJECTS_H_
#define TAMP_TESTS_CUDA_SIM_RUNTIME_TEST_OBJECTS_H_

#include <cuda_runtime_api.h>

#include <vector>

#include "gtest/gtest.h"

namespace tamp {
namespace cuda_sim {

class TestStream {
 public:
  TestStream() {
    EXPECT_EQ(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking),
              cudaSuccess);
  }
  TestStream(const TestStream&) = delete;
  ~TestStream() { cudaStreamDestroy(stream_); }
  operator cudaStream_t() const { return stream_; }

 private:
  cudaStream_t stream_ = nullptr;
};

class TestEvent {
 public:
  explicit TestEvent(unsigned flags = cudaEventDisableTiming) {
    EXPECT_EQ(cudaEventCreateWithFlags(&event_, flags), cudaSuccess);
  }
  TestEvent(const TestEvent&) = delete;
  ~TestEvent() { cudaEventDestroy(event_); }
  operator cudaEvent_t() const { return event_; }

 private:
  cudaEvent_t event_ = nullptr;
};

// So many floats. Who uses them is waited for.
class TestFloats {
 public:
  explicit TestFloats(int n) {
    EXPECT_EQ(cudaMalloc(reinterpret_cast<void**>(&data_), n * sizeof(float)),
              cudaSuccess);
  }
  TestFloats(const TestFloats&) = delete;
  ~TestFloats() {
    cudaDeviceSynchronize();
    cudaFree(data_);
  }
  float* data() const { return data_; }

 private:
  float* data_ = nullptr;
};

class PinnedFloats {
 public:
  explicit PinnedFloats(int n) {
    EXPECT_EQ(
        cudaMallocHost(reinterpret_cast<void**>(&data_), n * sizeof(float)),
        cudaSuccess);
  }
  PinnedFloats(const PinnedFloats&) = delete;
  ~PinnedFloats() {
    cudaDeviceSynchronize();
    cudaFreeHost(data_);
  }
  float* data() const { return data_; }

 private:
  float* data_ = nullptr;
};

inline void Upload(const std::vector<float>& from, float* to,
                   cudaStream_t stream) {
  EXPECT_EQ(cudaMemcpyAsync(to, from.data(), from.size() * sizeof(float),
                            cudaMemcpyHostToDevice, stream),
            cudaSuccess);
}

// Waits for the stream.
inline std::vector<float> Download(const float* from, int n,
                                   cudaStream_t stream) {
  std::vector<float> to(n);
  EXPECT_EQ(cudaMemcpyAsync(to.data(), from, n * sizeof(float),
                            cudaMemcpyDeviceToHost, stream),
            cudaSuccess);
  return to;
}

}  // namespace cuda_sim
}  // namespace tamp

#endif  // TAMP_TESTS_CUDA_SIM_RUNTIME_TEST_OBJECTS_H_
