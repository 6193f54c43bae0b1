// CudaKernelTest: a test of kernels for CUDA, which it runs on the simulator in
// every order that AllOrders() has (with --config=cuda on a GPU, once).
//
//   class ReluCudaTest : public CudaKernelTest {};
//   TEST_P(ReluCudaTest, EqualsReference) {
//     const auto kernel = MakeReluCuda(options, queue());
//     DeviceTensor x = Tensor(shape, padding), y = Tensor(shape, padding);
//     ...
//   }
//   INSTANTIATE_TEST_SUITE_P(Orders, ReluCudaTest, CudaOrders());

#ifndef TAMP_TESTS_UTIL_DEVICES_CUDA_KERNEL_TEST_H_
#define TAMP_TESTS_UTIL_DEVICES_CUDA_KERNEL_TEST_H_

#include <cstdint>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

#include "core/check.h"
#include "core/cuda/cuda_device.h"
#include "core/cuda/queue.h"
#include "core/device/buffer.h"
#include "core/shape.h"
#include "gtest/gtest.h"
#include "tests/cuda_sim/options.h"
#include "tests/util/devices/cuda_orders.h"
#include "tests/util/devices/device_tensor.h"
#include "tests/util/status_matchers.h"
#include "tests/util/test_tensor.h"

namespace tamp {

class CudaKernelTest : public testing::TestWithParam<cuda_sim::Options> {
 protected:
  CudaKernelTest() : order_(GetParam()), device_(MakeDevice()) {}

  // Whatever a call answered in vain shows at the end.
  void TearDown() override { EXPECT_OK(device_->Synchronize()); }

  CudaDevice& device() { return *device_; }
  CudaQueue& queue() { return device_->queue(); }

  // All elements are NaN, so that one which a kernel forgets shows.
  DeviceTensor Tensor(const Shape& shape, Padding padding = {}) {
    DeviceTensor tensor(shape, padding, device_.get());
    tensor.Fill(std::numeric_limits<float>::quiet_NaN());
    return tensor;
  }
  // An array of `count` floats without strides, of NaNs or of `values`.
  DeviceTensor Array(int64_t count) { return Tensor({count}); }
  DeviceTensor Array(const std::vector<float>& values) {
    DeviceTensor array = Array(static_cast<int64_t>(values.size()));
    array.FromVector(values);
    return array;
  }
  // Bytes that hold NaNs.
  Buffer Workspace(int64_t bytes) {
    const int64_t floats = (bytes + 3) / 4;
    auto buffer = device_->Allocate(floats * int64_t{sizeof(float)});
    CHECK(buffer.ok()) << buffer.status();
    device_->Fill({buffer->floats(), 1, 1, 0, 0, floats},
                  std::numeric_limits<float>::quiet_NaN());
    return *std::move(buffer);
  }

 private:
  static std::shared_ptr<CudaDevice> MakeDevice() {
    auto device = CudaDevice::Create(0);
    CHECK(device.ok()) << device.status();
    return *std::move(device);
  }

  const cuda_sim::ScopedOptions order_;
  const std::shared_ptr<CudaDevice> device_;
};

inline auto CudaOrders() { return testing::ValuesIn(OrdersOfCuda()); }

}  // namespace tamp

#endif  // TAMP_TESTS_UTIL_DEVICES_CUDA_KERNEL_TEST_H_
