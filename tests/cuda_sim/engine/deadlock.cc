#include "tests/cuda_sim/engine/deadlock.h"

#include <algorithm>

namespace tamp {
namespace cuda_sim {
namespace {

std::string Describe(const CudaThread& thread) {
  return NameOf(thread) + (thread.wait == Wait::kEnd
                               ? " has ended"
                               : " waits in " + CallOf(thread));
}

// The first thread that `waiting` waits for in vain.
const CudaThread* FirstMissing(const std::vector<const CudaThread*>& threads,
                               const CudaThread& waiting) {
  for (const CudaThread* thread : threads) {
    if (waiting.wait == Wait::kBarrier) {
      if (thread->wait != Wait::kBarrier) return thread;
      continue;
    }
    const bool is_named =
        thread->number / warpSize == waiting.number / warpSize &&
        (waiting.mask >> thread->lane() & 1) != 0;
    const bool is_here =
        thread->wait == Wait::kWarp && thread->mask == waiting.mask;
    if (is_named && !is_here) return thread;
  }
  return nullptr;
}

}  // namespace

std::string DescribeDeadlock(const std::vector<const CudaThread*>& threads) {
  // A barrier may wait for threads that wait in a warp: those are the cause.
  const auto in_warp = [](const CudaThread* t) {
    return t->wait == Wait::kWarp;
  };
  const auto alive = [](const CudaThread* t) { return t->wait != Wait::kEnd; };
  auto waiting = std::find_if(threads.begin(), threads.end(), in_warp);
  if (waiting == threads.end()) {
    waiting = std::find_if(threads.begin(), threads.end(), alive);
  }
  std::string message = Describe(**waiting);
  if (in_warp(*waiting)) message += " with mask " + Hex((*waiting)->mask);
  const CudaThread* missing = FirstMissing(threads, **waiting);
  return message + ", but " + Describe(*missing);
}

}  // namespace cuda_sim
}  // namespace tamp
