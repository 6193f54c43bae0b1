// DeviceTensor: a TestTensor whose memory is a device's. The host reaches its
// elements by copies.

#ifndef TAMP_TESTS_UTIL_DEVICES_DEVICE_TENSOR_H_
#define TAMP_TESTS_UTIL_DEVICES_DEVICE_TENSOR_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "core/check.h"
#include "core/device/buffer.h"
#include "core/device/device.h"
#include "core/rng.h"
#include "core/shape.h"
#include "layers/tensor.h"
#include "tests/util/test_tensor.h"

namespace tamp {

class DeviceTensor {
 public:
  // All elements are 0. The device must outlive the tensor.
  DeviceTensor(const Shape& shape, Padding padding, Device* device)
      : device_(device), host_(shape, padding) {
    auto buffer = device->Allocate(bytes());
    CHECK(buffer.ok()) << buffer.status();
    buffer_ = *std::move(buffer);
    ToDevice();
  }
  DeviceTensor(const Shape& shape, Device* device)
      : DeviceTensor(shape, Padding(), device) {}

  const Shape& shape() const { return host_.shape(); }

  void Fill(float value) {
    ToHost();
    host_.Fill(value);
    ToDevice();
  }
  void FillRandom(RandomStream* random, double low = -1, double high = 1) {
    ToHost();
    host_.FillRandom(random, low, high);
    ToDevice();
  }
  void FromVector(const std::vector<float>& elements) {
    ToHost();
    host_.FromVector(elements);
    ToDevice();
  }

  // The elements in row-major order.
  std::vector<float> ToVector() {
    ToHost();
    return host_.ToVector();
  }
  bool PaddingIsUntouched() {
    ToHost();
    return host_.PaddingIsUntouched();
  }

  View view() {
    View view = host_.view();
    view.data = buffer_.floats();
    return view;
  }

 private:
  int64_t bytes() { return host_.memory().size() * int64_t{sizeof(float)}; }
  // All of it, so that padding which a kernel wrote over stays so.
  void ToDevice() {
    device_->CopyFromHost(host_.memory().data(), bytes(), buffer_.data());
  }
  void ToHost() {
    device_->CopyToHost(buffer_.data(), bytes(), host_.memory().data());
  }

  Device* const device_;
  TestTensor<float> host_;
  Buffer buffer_;
};

}  // namespace tamp

#endif  // TAMP_TESTS_UTIL_DEVICES_DEVICE_TENSOR_H_
