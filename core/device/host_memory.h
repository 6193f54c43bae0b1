// Memory of the host.

#ifndef TAMP_CORE_DEVICE_HOST_MEMORY_H_
#define TAMP_CORE_DEVICE_HOST_MEMORY_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "core/device/buffer.h"

namespace tamp {

constexpr int64_t kHostAlignment = 64;  // bytes: a cache line

// Zero-filled, and aligned to kHostAlignment; null for 0 bytes.
// ResourceExhausted, with the size in the message, when there is no memory.
absl::StatusOr<Buffer> AllocateHostMemory(int64_t bytes);

}  // namespace tamp

#endif  // TAMP_CORE_DEVICE_HOST_MEMORY_H_
