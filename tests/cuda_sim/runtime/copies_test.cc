#include <cuda_runtime_api.h>

#include <cmath>
#include <vector>

#include "gtest/gtest.h"
#include "tests/cuda_sim/runtime/test_objects.h"

namespace tamp {
namespace cuda_sim {
namespace {

using Floats = std::vector<float>;

TEST(CopiesTest, GoThereAndBack) {
  TestStream stream;
  TestFloats x(3), y(3);
  {
    // The caller's memory is its own when the call returns.
    Floats values = {1, 2, 3};
    Upload(values, x.data(), stream);
    values = {0, 0, 0};
  }
  EXPECT_EQ(
      cudaMemcpyAsync(y.data(), x.data(), 12, cudaMemcpyDeviceToDevice, stream),
      cudaSuccess);
  EXPECT_EQ(Download(y.data(), 3, stream), (Floats{1, 2, 3}));
}

TEST(CopiesTest, OfRows) {
  TestStream stream;
  TestFloats x(6), y(8);
  cudaMemsetAsync(y.data(), 0, 32, stream);
  Upload({1, 2, 3, 4, 5, 6}, x.data(), stream);
  // The first two of three columns, to columns 1 and 2 of four.
  EXPECT_EQ(cudaMemcpy2DAsync(y.data() + 1, 16, x.data(), 12, 8, 2,
                              cudaMemcpyDeviceToDevice, stream),
            cudaSuccess);
  EXPECT_EQ(Download(y.data(), 8, stream), (Floats{0, 1, 2, 0, 0, 4, 5, 0}));
  Floats host(4);
  EXPECT_EQ(cudaMemcpy2DAsync(host.data(), 8, y.data() + 1, 16, 8, 2,
                              cudaMemcpyDeviceToHost, stream),
            cudaSuccess);
  EXPECT_EQ(host, (Floats{1, 2, 4, 5}));
  const Floats from = {7, -1, 8, -1};
  EXPECT_EQ(cudaMemcpy2DAsync(x.data(), 4, from.data(), 8, 4, 2,
                              cudaMemcpyHostToDevice, stream),
            cudaSuccess);
  EXPECT_EQ(Download(x.data(), 3, stream), (Floats{7, 8, 3}));
}

TEST(CopiesTest, FillBytes) {
  TestStream stream;
  TestFloats x(2);
  EXPECT_EQ(cudaMemsetAsync(x.data(), 0, 4, stream), cudaSuccess);
  const Floats y = Download(x.data(), 2, stream);
  EXPECT_EQ(y[0], 0);
  EXPECT_TRUE(std::isnan(y[1]));
}

TEST(CopiesTest, OfPinnedMemoryAreLater) {
  TestStream stream;
  TestFloats x(2);
  PinnedFloats from(2), to(2);
  from.data()[0] = 1;
  from.data()[1] = to.data()[0] = to.data()[1] = 2;
  EXPECT_EQ(
      cudaMemcpyAsync(x.data(), from.data(), 8, cudaMemcpyHostToDevice, stream),
      cudaSuccess);
  EXPECT_EQ(
      cudaMemcpyAsync(to.data(), x.data(), 8, cudaMemcpyDeviceToHost, stream),
      cudaSuccess);
  EXPECT_TRUE(std::isnan(to.data()[0]));
  EXPECT_TRUE(std::isnan(to.data()[1]));
  cudaStreamSynchronize(stream);
  EXPECT_EQ(to.data()[0], 1);
  EXPECT_EQ(to.data()[1], 2);
  // It is the host's again.
  from.data()[0] = 5;
  cudaStreamSynchronize(stream);
}

TEST(CopiesTest, OfNothingDoNothing) {
  TestStream stream;
  EXPECT_EQ(
      cudaMemcpyAsync(nullptr, nullptr, 0, cudaMemcpyHostToDevice, stream),
      cudaSuccess);
  EXPECT_EQ(cudaMemsetAsync(nullptr, 0, 0, stream), cudaSuccess);
}

using CopiesDeathTest = testing::Test;

TEST(CopiesDeathTest, PinnedMemoryMustStayAsItIs) {
  const auto change = [] {
    TestStream stream;
    TestFloats x(2);
    PinnedFloats from(2);
    cudaMemcpyAsync(x.data(), from.data(), 8, cudaMemcpyHostToDevice, stream);
    from.data()[1] = 3;
    cudaStreamSynchronize(stream);
  };
  EXPECT_DEATH(change(),
               "cudaMemcpyAsync: the pinned memory that is copied "
               "from has changed before the copy ran");
}

TEST(CopiesDeathTest, BeyondMemory) {
  TestStream stream;
  TestFloats x(2), y(2);
  PinnedFloats host(2);
  EXPECT_DEATH(cudaMemsetAsync(x.data() + 1, 0, 5, stream),
               "cudaMemsetAsync: 5 bytes from 4 on, of 8 bytes of device 0");
  EXPECT_DEATH(
      cudaMemcpyAsync(x.data(), y.data(), 9, cudaMemcpyDeviceToDevice, stream),
      "9 bytes from 0 on, of 8 bytes of device 0");
  EXPECT_DEATH(cudaMemcpyAsync(x.data() - 1, y.data(), 4,
                               cudaMemcpyDeviceToDevice, stream),
               "4 bytes from -4 on");
  EXPECT_DEATH(cudaMemcpyAsync(host.data() + 1, y.data(), 8,
                               cudaMemcpyDeviceToHost, stream),
               "8 bytes from 4 on, of 8 bytes of pinned memory");
  EXPECT_DEATH(cudaMemcpy2DAsync(host.data(), 8, y.data(), 8, 4, 2,
                                 cudaMemcpyDeviceToHost, stream),
               "4 bytes from 8 on, of 8 bytes of");
  EXPECT_DEATH(cudaMemcpy2DAsync(host.data(), 2, y.data(), 8, 4, 2,
                                 cudaMemcpyDeviceToHost, stream),
               "wider than their pitch");
}

TEST(CopiesDeathTest, WithAWrongDirection) {
  TestStream stream;
  TestFloats x(2), y(4);
  Floats host(2);
  EXPECT_DEATH(
      cudaMemcpyAsync(host.data(), x.data(), 8, cudaMemcpyHostToDevice, stream),
      "an address that is not memory of device 0");
  EXPECT_DEATH(
      cudaMemcpyAsync(x.data(), y.data(), 8, cudaMemcpyDeviceToHost, stream),
      "16 bytes of device 0, not pinned|8 bytes of device 0, not");
  EXPECT_DEATH(
      cudaMemcpyAsync(x.data(), y.data(), 8, cudaMemcpyDefault, stream),
      "say from where to where");
  EXPECT_DEATH(cudaMemcpyAsync(y.data() + 1, y.data(), 8,
                               cudaMemcpyDeviceToDevice, stream),
               "from and to overlap");
}

}  // namespace
}  // namespace cuda_sim
}  // namespace tamp
