// Fibers for the threads of a block, kept from block to block.

#ifndef TAMP_TESTS_CUDA_SIM_ENGINE_FIBER_POOL_H_
#define TAMP_TESTS_CUDA_SIM_ENGINE_FIBER_POOL_H_

#include <memory>
#include <vector>

#include "tests/cuda_sim/engine/fiber.h"

namespace tamp {
namespace cuda_sim {

// A thread that ends without having waited leaves its fiber, and with it a
// stack in the cache, to the next. Not so for ThreadSanitizer, which would take
// the two for one: there each thread of a block has its own.
class FiberPool {
 public:
  explicit FiberPool(void (*body)()) : body_(body) {}
  FiberPool(const FiberPool&) = delete;

  // For thread number `thread` of a block.
  Fiber* Take(int thread);
  void GiveBack(Fiber* fiber);

 private:
  Fiber* Make();

  void (*const body_)();
  std::vector<std::unique_ptr<Fiber>> fibers_;
  std::vector<Fiber*> free_;
};

}  // namespace cuda_sim
}  // namespace tamp

#endif  // TAMP_TESTS_CUDA_SIM_ENGINE_FIBER_POOL_H_
