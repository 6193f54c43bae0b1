#include "net/memory/place_buffers.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "core/check.h"

namespace tamp {
namespace {

// Requests by size, the largest first; equal sizes in their own order, so that
// a plan is the same each time.
std::vector<int> LargestFirst(absl::Span<const BufferRequest> requests) {
  std::vector<int> order(requests.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
    return requests[a].bytes > requests[b].bytes;
  });
  return order;
}

// The lowest offset with `bytes` free between the taken ranges.
int64_t LowestFree(std::vector<std::pair<int64_t, int64_t>> taken,
                   int64_t bytes) {
  std::sort(taken.begin(), taken.end());
  int64_t offset = 0;
  for (const auto& [begin, end] : taken) {
    if (offset + bytes <= begin) break;
    offset = std::max(offset, end);
  }
  return offset;
}

}  // namespace

MemoryPeak FindPeak(absl::Span<const BufferRequest> requests,
                    const MemoryTraits& traits) {
  MemoryPeak peak;
  int steps = 0;
  for (const BufferRequest& r : requests)
    steps = std::max(steps, r.life.last + 1);
  std::vector<int64_t> change(steps + 1, 0);
  for (const BufferRequest& r : requests) {
    change[r.life.first] += traits.Aligned(r.bytes);
    change[r.life.last + 1] -= traits.Aligned(r.bytes);
  }
  int64_t alive = 0;
  for (int step = 0; step < steps; ++step) {
    alive += change[step];
    if (alive > peak.bytes) peak = {step, alive};
  }
  return peak;
}

MemoryPlan PlaceBuffers(absl::Span<const BufferRequest> requests,
                        const MemoryTraits& traits) {
  MemoryPlan plan;
  plan.offsets.assign(requests.size(), 0);
  std::vector<int> placed;
  for (const int i : LargestFirst(requests)) {
    const BufferRequest& request = requests[i];
    CHECK(request.bytes >= 0 && !request.life.is_empty()) << request.name;
    std::vector<std::pair<int64_t, int64_t>> taken;
    for (const int j : placed) {
      if (!request.life.Overlaps(requests[j].life)) continue;
      taken.emplace_back(plan.offsets[j],
                         plan.offsets[j] + traits.Aligned(requests[j].bytes));
    }
    plan.offsets[i] =
        LowestFree(std::move(taken), traits.Aligned(request.bytes));
    plan.total_bytes = std::max(
        plan.total_bytes, plan.offsets[i] + traits.Aligned(request.bytes));
    placed.push_back(i);
  }
  const MemoryPeak peak = FindPeak(requests, traits);
  plan.peak_step = peak.step;
  plan.peak_bytes = peak.bytes;
  return plan;
}

}  // namespace tamp
