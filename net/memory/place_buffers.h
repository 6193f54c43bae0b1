// Step 4 of lay_out_memory.h: gives every buffer an offset in one arena, so
// that buffers that are alive at the same time never overlap. A pure function.

#ifndef TAMP_NET_MEMORY_PLACE_BUFFERS_H_
#define TAMP_NET_MEMORY_PLACE_BUFFERS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "core/device/memory_traits.h"
#include "net/memory/life.h"

namespace tamp {

struct BufferRequest {
  enum class Kind { kValue, kGradient, kSaved, kWorkspace };

  int64_t bytes = 0;
  Life life;
  Kind kind = Kind::kValue;
  std::string name;  // for summaries
};

struct MemoryPlan {
  std::vector<int64_t> offsets;  // one a request, in bytes, aligned
  int64_t total_bytes = 0;
  // The step at which most bytes are alive, and how many: a lower bound of any
  // plan.
  int peak_step = 0;
  int64_t peak_bytes = 0;
};

// The first step at which most bytes are alive, and how many. A pure function,
// much cheaper than a plan.
struct MemoryPeak {
  int step = 0;
  int64_t bytes = 0;
};
MemoryPeak FindPeak(absl::Span<const BufferRequest> requests,
                    const MemoryTraits& traits);

// Greedy: the largest buffers first, each at the lowest offset that is free
// during its life.
MemoryPlan PlaceBuffers(absl::Span<const BufferRequest> requests,
                        const MemoryTraits& traits);

}  // namespace tamp

#endif  // TAMP_NET_MEMORY_PLACE_BUFFERS_H_
