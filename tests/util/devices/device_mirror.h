// DeviceMirror: vectors of the host, copied to a device and back around a
// kernel. Pointers into the vectors become pointers into the copies, so that a
// problem made for the host serves for any device:
//
//   DeviceMirror mirror(&device);
//   mirror.Add(&x);
//   mirror.Add(&y);
//   kernel->Forward({mirror.At(x.data()), mirror.At(y.data())});
//   mirror.CopyBack();

#ifndef TAMP_TESTS_UTIL_DEVICES_DEVICE_MIRROR_H_
#define TAMP_TESTS_UTIL_DEVICES_DEVICE_MIRROR_H_

#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "core/check.h"
#include "core/device/buffer.h"
#include "core/device/device.h"
#include "kernels/fused_norm.h"
#include "kernels/strided.h"

namespace tamp {

class DeviceMirror {
 public:
  // The device must outlive the mirror.
  explicit DeviceMirror(Device* device) : device_(device) {}

  // The vector must keep its memory as long as the mirror lives. On the device
  // it begins `offset` elements behind an aligned address.
  void Add(std::vector<float>* host, int64_t offset = 0) {
    if (host->empty()) return;
    auto buffer =
        device_->Allocate(BytesOf(*host) + offset * int64_t{sizeof(float)});
    CHECK(buffer.ok()) << buffer.status();
    float* const there = buffer->floats() + offset;
    device_->CopyFromHost(host->data(), BytesOf(*host), there);
    copies_.push_back({host, *std::move(buffer), there});
  }

  void CopyBack() {
    for (const Copied& copy : copies_) {
      device_->CopyToHost(copy.there, BytesOf(*copy.host), copy.host->data());
    }
  }

  // Null where `host` is. REQUIRES: it points into a vector that was added.
  template <typename T>
  T* At(T* host) const {
    if (host == nullptr) return nullptr;
    for (const Copied& copy : copies_) {
      const float* begin = copy.host->data();
      if (std::less<const float*>()(host, begin)) continue;
      if (host - begin < int64_t(copy.host->size())) {
        return copy.there + (host - begin);
      }
    }
    CHECK(false) << "not in a mirrored vector";
    return nullptr;
  }
  template <typename T>
  Strided<T> At(const Strided<T>& host) const {
    return {At(host.data), host.image_stride, host.channel_stride};
  }
  FusedNormForwardArgs<float> At(FusedNormForwardArgs<float> args) const {
    args.statistics = At(args.statistics);
    args.gamma = At(args.gamma);
    args.beta = At(args.beta);
    args.running_mean = At(args.running_mean);
    args.running_variance = At(args.running_variance);
    args.running_weight = At(args.running_weight);
    args.terms = At(args.terms);
    return args;
  }
  FusedNormBackwardArgs<float> At(FusedNormBackwardArgs<float> args) const {
    args.gamma = At(args.gamma);
    args.terms = At(args.terms);
    args.dgamma = At(args.dgamma);
    args.dbeta = At(args.dbeta);
    args.statistics_grad = At(args.statistics_grad);
    return args;
  }
  FinishingArgs<float> At(FinishingArgs<float> args) const {
    args.statistics = At(args.statistics);
    args.statistics_grad = At(args.statistics_grad);
    return args;
  }

 private:
  struct Copied {
    std::vector<float>* host;
    Buffer buffer;
    float* there;  // in the buffer
  };

  static int64_t BytesOf(const std::vector<float>& values) {
    return int64_t(values.size()) * int64_t{sizeof(float)};
  }

  Device* const device_;
  std::vector<Copied> copies_;
};

}  // namespace tamp

#endif  // TAMP_TESTS_UTIL_DEVICES_DEVICE_MIRROR_H_
