// Buffer: owned memory for tensors, aligned to 64 bytes, zero-filled.

#ifndef TAMP_CORE_BUFFER_H_
#define TAMP_CORE_BUFFER_H_

#include <cstdint>
#include <utility>

#include "absl/status/statusor.h"

namespace tamp {

class Buffer {
 public:
  static constexpr int64_t kAlignment = 64;  // bytes: a cache line

  Buffer() = default;
  Buffer(Buffer&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)),
        bytes_(std::exchange(other.bytes_, 0)) {}
  Buffer& operator=(Buffer&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  ~Buffer();

  // ResourceExhausted, with the size in the message, when there is no memory.
  static absl::StatusOr<Buffer> Allocate(int64_t bytes);

  float* floats() const { return static_cast<float*>(data_); }
  void* data() const { return data_; }
  int64_t bytes() const { return bytes_; }

 private:
  void* data_ = nullptr;
  int64_t bytes_ = 0;
};

}  // namespace tamp

#endif  // TAMP_CORE_BUFFER_H_
