#include "core/cuda/cuda_device.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "core/cuda/cublas.h"
#include "core/cuda/cudnn/plan_target.h"
#include "core/cuda/queue.h"
#include "core/device/buffer.h"
#include "core/device/device.h"
#include "core/device/staging.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/util/devices/host_device.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

using testing::AllOf;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class CudaDeviceTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK_AND_ASSIGN(device_, CudaDevice::Create(0));
  }

  std::vector<float> ToHost(const Buffer& buffer) {
    std::vector<float> host(buffer.bytes() / sizeof(float));
    device_->CopyToHost(buffer.data(), buffer.bytes(), host.data());
    return host;
  }

  std::shared_ptr<CudaDevice> device_;
};

TEST_F(CudaDeviceTest, SaysWhatItIs) {
  EXPECT_EQ(device_->name(), "cuda:0");
  EXPECT_GT(device_->total_bytes(), 0);
  EXPECT_EQ(device_->memory_traits().alignment, 256);
  EXPECT_EQ(&AsCuda(*device_), device_.get());
}

TEST_F(CudaDeviceTest, MayBeDescribedAlone) {
  ASSERT_OK_AND_ASSIGN(const std::string json, DeviceDescription("h100"));
  ASSERT_OK_AND_ASSIGN(const auto described,
                       CudaDevice::Describe({json, 1000, 7}));
  EXPECT_EQ(described->total_bytes(), 1000);
  EXPECT_EQ(described->memory_traits().alignment, 256);
  EXPECT_EQ(described->queue().num_multiprocessors(), 7);
  EXPECT_OK(described->convolution_plans().status());
  ASSERT_OK_AND_ASSIGN(const Cublas* const cublas, described->cublas());
  EXPECT_EQ(cublas, nullptr);
  EXPECT_THAT(described->Allocate(4).status(),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("only described")));
}

TEST_F(CudaDeviceTest, MemoryIsZeroAndAligned) {
  ASSERT_OK_AND_ASSIGN(const Buffer buffer, device_->Allocate(1000));
  EXPECT_EQ(reinterpret_cast<uintptr_t>(buffer.data()) %
                device_->memory_traits().alignment,
            0);
  EXPECT_THAT(ToHost(buffer), Each(0));
  ASSERT_OK_AND_ASSIGN(const Buffer nothing, device_->Allocate(0));
  EXPECT_EQ(nothing.data(), nullptr);
  EXPECT_OK(device_->Synchronize());
}

TEST_F(CudaDeviceTest, NoMemoryIsAnErrorWithTheSizes) {
  EXPECT_THAT(device_->Allocate(int64_t{1} << 50).status(),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       AllOf(HasSubstr("no memory for 1125899906842624 bytes "
                                       "on cuda:0, which has "),
                             HasSubstr("bytes free"))));
  EXPECT_OK(device_->Synchronize()) << "it goes on";
  EXPECT_OK(device_->Allocate(4).status());
}

TEST_F(CudaDeviceTest, FillsRowsAndNothingBetween) {
  ASSERT_OK_AND_ASSIGN(const Buffer buffer,
                       device_->Allocate(12 * sizeof(float)));
  StridedRows rows;
  rows.data = buffer.floats();
  rows.outer = 2;
  rows.outer_stride = 6;
  rows.inner = 2;
  rows.inner_stride = 3;
  rows.length = 2;
  device_->Fill(rows, 5);
  EXPECT_THAT(ToHost(buffer), ElementsAre(5, 5, 0, 5, 5, 0, 5, 5, 0, 5, 5, 0));
  rows.length = 0;
  device_->Fill(rows, 7);
  EXPECT_THAT(ToHost(buffer), ElementsAre(5, 5, 0, 5, 5, 0, 5, 5, 0, 5, 5, 0));
}

TEST_F(CudaDeviceTest, CopiesInTheOrderAsked) {
  ASSERT_OK_AND_ASSIGN(const Buffer a, device_->Allocate(3 * sizeof(float)));
  ASSERT_OK_AND_ASSIGN(const Buffer b, device_->Allocate(3 * sizeof(float)));
  const std::vector<float> first = {1, 2, 3}, second = {4, 5, 6};
  device_->CopyFromHost(first.data(), a.bytes(), a.data());
  device_->Copy(a.data(), a.bytes(), b.data());
  device_->CopyFromHost(second.data(), a.bytes(), a.data());
  device_->Copy(b.data(), 0, a.data());
  EXPECT_EQ(ToHost(a), second);
  EXPECT_EQ(ToHost(b), first);
}

// Of growing sizes, so that places grow while others are under way.
TEST_F(CudaDeviceTest, UploadsKeepTheOrderAndLeaveTheHostItsMemory) {
  constexpr int kFloats = 40, kSteps = 6;
  const int64_t row_bytes = kFloats * sizeof(float);
  ASSERT_OK_AND_ASSIGN(const Buffer a, device_->Allocate(row_bytes));
  ASSERT_OK_AND_ASSIGN(const Buffer all, device_->Allocate(kSteps * row_bytes));
  std::vector<float> host(kFloats), row(kFloats), wanted;
  for (int step = 0; step < kSteps; ++step) {
    const int count = 10 * (1 + step % 4);
    std::iota(host.begin(), host.end(), 100 * step);
    std::copy_n(host.begin(), count, row.begin());
    wanted.insert(wanted.end(), row.begin(), row.end());
    device_->CopyFromHostAsync(host.data(), count * sizeof(float), a.data());
    device_->Copy(a.data(), row_bytes, all.floats() + kFloats * step);
    host.assign(kFloats, std::numeric_limits<float>::quiet_NaN());
  }
  EXPECT_EQ(ToHost(all), wanted);
  EXPECT_OK(device_->Synchronize());
}

TEST_F(CudaDeviceTest, StagesAhead) {
  ASSERT_OK_AND_ASSIGN(const Buffer a, device_->Allocate(4 * sizeof(float)));
  Staging& staging = *device_->staging();
  std::vector<float> host = {1, 2};
  const int64_t first = staging.Stage(host.data(), 8);
  host[0] = 3;
  const int64_t second = staging.Stage(host.data(), 4);
  host = {0, 0};
  device_->Fill({a.floats(), 1, 1, 0, 0, 4}, 9);
  EXPECT_TRUE(staging.Take(first, 8, a.data()));
  EXPECT_TRUE(staging.Take(second, 4, a.floats() + 3));
  EXPECT_THAT(ToHost(a), ElementsAre(1, 2, 9, 3));
  EXPECT_OK(device_->Synchronize());
}

// Also where what was there was never taken, and is smaller.
TEST_F(CudaDeviceTest, TicketsAreGoodUntilTheirPlaceIsTaken) {
  ASSERT_OK_AND_ASSIGN(const Buffer a, device_->Allocate(2 * sizeof(float)));
  Staging& staging = *device_->staging();
  const std::vector<float> host = {1, 2};
  const int64_t ticket = staging.Stage(host.data(), 4);
  for (int i = 1; i < Staging::kNumPlaces; ++i) staging.Stage(host.data(), 4);
  EXPECT_TRUE(staging.Take(ticket, 4, a.data()));
  EXPECT_THAT(ToHost(a), ElementsAre(1, 0));
  int64_t last = -1;
  for (int i = 0; i < Staging::kNumPlaces; ++i) {
    last = staging.Stage(host.data(), 8);
  }
  EXPECT_FALSE(staging.Take(ticket, 4, a.floats() + 1));
  EXPECT_THAT(ToHost(a), ElementsAre(1, 0));
  EXPECT_TRUE(staging.Take(last, 8, a.data()));
  EXPECT_THAT(ToHost(a), ElementsAre(1, 2));
}

TEST_F(CudaDeviceTest, WhatHasNoPlaceIsNotStaged) {
  const float host = 1;
  ASSERT_OK_AND_ASSIGN(const Buffer a, device_->Allocate(sizeof(float)));
  Staging& staging = *device_->staging();
  EXPECT_EQ(staging.Stage(&host, int64_t{1} << 50), -1);
  EXPECT_FALSE(staging.Take(-1, 4, a.data()));
  for (int i = 0; i < Staging::kNumPlaces; ++i) {
    EXPECT_TRUE(staging.Take(staging.Stage(&host, 4), 4, a.data()));
  }
  EXPECT_THAT(ToHost(a), ElementsAre(1));
  EXPECT_OK(device_->Synchronize()) << "it goes on";
}

TEST_F(CudaDeviceTest, AFailureIsSaidWhenSomebodyWaits) {
  device_->BeginLayer("conv1", LayerPass::kBackward);
  device_->queue().Note(cudaErrorMemoryAllocation, "cudaCall()", "x.cu", 7);
  device_->EndLayer();
  device_->queue().Note(cudaErrorInvalidValue, "later()", "y.cu", 8);
  EXPECT_THAT(device_->Synchronize(),
              StatusIs(absl::StatusCode::kInternal,
                       "cuda:0: x.cu:7: cudaCall() (layer \"conv1\", backward)"
                       ": out of memory"));
}

TEST_F(CudaDeviceTest, NoLayerIsNamedBetweenLayers) {
  device_->BeginLayer("conv1", LayerPass::kRecomputation);
  device_->EndLayer();
  device_->queue().Note(cudaErrorInvalidValue, "call()", "x.cu", 7);
  EXPECT_THAT(
      device_->Synchronize(),
      StatusIs(absl::StatusCode::kInternal,
               AllOf(HasSubstr("x.cu:7: call(): "), Not(HasSubstr("layer")))));
}

TEST_F(CudaDeviceTest, ThereIsNoSuchDevice) {
  EXPECT_THAT(CudaDevice::Create(99).status(),
              StatusIs(absl::StatusCode::kNotFound,
                       HasSubstr("there is no device cuda:99: this machine")));
  EXPECT_THAT(CudaDevice::Create(-1).status(),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("cuda:-1")));
}

TEST(CudaDeviceDeathTest, OtherDevicesAreRefused) {
  HostDevice host(1);
  EXPECT_DEATH(AsCuda(host), "kernel for CUDA on host");
}

}  // namespace
}  // namespace tamp
