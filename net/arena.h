// Arena: one block of device memory that nets share. It grows to the largest
// plan; nets bind their pointers when they are made, before any runs.

#ifndef TAMP_NET_ARENA_H_
#define TAMP_NET_ARENA_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "core/device/buffer.h"
#include "core/device/device.h"

namespace tamp {

class Arena {
 public:
  explicit Arena(Device* device) : device_(device) {}
  Arena(const Arena&) = delete;

  // Memory of at least so many bytes. Earlier results stay valid: a larger
  // request gets a new block, a smaller one the largest block there is.
  absl::StatusOr<float*> Reserve(int64_t bytes);

  // All blocks together.
  int64_t bytes() const;

 private:
  Device* const device_;
  std::vector<Buffer> blocks_;  // ascending in size
};

}  // namespace tamp

#endif  // TAMP_NET_ARENA_H_
