#include "tests/cuda_sim/engine/fiber_pool.h"

namespace tamp {
namespace cuda_sim {

Fiber* FiberPool::Take(int thread) {
  if (HasRaceDetector()) {
    while (static_cast<int>(fibers_.size()) <= thread) Make();
    return fibers_[thread].get();
  }
  if (free_.empty()) return Make();
  Fiber* const fiber = free_.back();
  free_.pop_back();
  return fiber;
}

void FiberPool::GiveBack(Fiber* fiber) {
  if (!HasRaceDetector()) free_.push_back(fiber);
}

Fiber* FiberPool::Make() {
  fibers_.push_back(std::make_unique<Fiber>(body_));
  return fibers_.back().get();
}

}  // namespace cuda_sim
}  // namespace tamp
