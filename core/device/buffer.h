// Buffer: owned memory of any kind, of the host or of a device. Whoever makes
// it says how it is given back.

#ifndef TAMP_CORE_DEVICE_BUFFER_H_
#define TAMP_CORE_DEVICE_BUFFER_H_

#include <cstdint>
#include <functional>
#include <utility>

namespace tamp {

class Buffer {
 public:
  // Gives the memory back; called once, unless the memory is null.
  using Deleter = std::function<void(void* data, int64_t bytes)>;

  Buffer() = default;
  Buffer(void* data, int64_t bytes, Deleter deleter)
      : data_(data), bytes_(bytes), deleter_(std::move(deleter)) {}
  Buffer(Buffer&& other) noexcept { *this = std::move(other); }
  Buffer& operator=(Buffer&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(bytes_, other.bytes_);
    std::swap(deleter_, other.deleter_);
    return *this;
  }
  ~Buffer() {
    if (data_ != nullptr) deleter_(data_, bytes_);
  }

  float* floats() const { return static_cast<float*>(data_); }
  void* data() const { return data_; }
  int64_t bytes() const { return bytes_; }

 private:
  void* data_ = nullptr;
  int64_t bytes_ = 0;
  Deleter deleter_;
};

}  // namespace tamp

#endif  // TAMP_CORE_DEVICE_BUFFER_H_
