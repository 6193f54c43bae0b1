// Arena: device memory that several nets share because they never run at the
// same time. Each net reserves what its plan needs when it is made, before any
// of them runs.

#ifndef TAMP_NET_ARENA_H_
#define TAMP_NET_ARENA_H_

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "core/device/buffer.h"
#include "core/device/device.h"

namespace tamp {

class Arena {
 public:
  explicit Arena(std::shared_ptr<Device> device) : device_(std::move(device)) {}
  Arena(const Arena&) = delete;

  // Memory of at least so many bytes. Earlier results stay valid: a larger
  // request gets a new block, a smaller one the largest block there is.
  absl::StatusOr<float*> Reserve(int64_t bytes);

  // Whether Reserve gives so many bytes of memory that is there.
  bool Holds(int64_t bytes) const;

  // The size of all blocks together.
  int64_t bytes() const;

 private:
  const std::shared_ptr<Device> device_;
  std::vector<Buffer> blocks_;  // ascending in size
};

}  // namespace tamp

#endif  // TAMP_NET_ARENA_H_
