// Fiber: a function with a stack of its own, which stops and goes on at its own
// places. AddressSanitizer and ThreadSanitizer are told of every change of
// stacks; for the latter each fiber is a thread of its own, which nothing
// orders but Release and Acquire.
//
// This library is compiled without ThreadSanitizer, so that it sees the code
// that runs on fibers and not the work of changing between them. For x86-64.

#ifndef TAMP_TESTS_CUDA_SIM_ENGINE_FIBER_H_
#define TAMP_TESTS_CUDA_SIM_ENGINE_FIBER_H_

#include <cstddef>
#include <functional>
#include <memory>

namespace tamp {
namespace cuda_sim {

// Whether ThreadSanitizer is there: then fibers are what it knows threads by.
bool HasRaceDetector();

// One of those that take turns on a thread of the host, on which each stays.
class Fiber {
 public:
  // That which runs already: the function that calls, on its thread's stack.
  Fiber();
  // `body` never returns: it goes on with another when there is nothing to do.
  explicit Fiber(std::function<void()> body);
  Fiber(const Fiber&) = delete;
  ~Fiber();

  // Called on this one, which runs: goes on with `next`, and returns when
  // somebody goes on with this one. REQUIRES: they are two.
  void SwitchTo(Fiber* next);

 private:
  static void Enter();

  std::function<void()> body_;
  std::unique_ptr<char[]> own_stack_;
  void* stack_pointer_ = nullptr;
  void* race_identity_ = nullptr;  // ThreadSanitizer's
  // AddressSanitizer's; it tells the bounds of a thread's stack who leaves it.
  void* fake_stack_ = nullptr;
  const void* stack_ = nullptr;
  size_t stack_bytes_ = 0;
};

// For ThreadSanitizer: what was done before Release(token) happens before what
// is done after Acquire(token). Elsewhere they do nothing.
void Release(void* token);
void Acquire(void* token);

}  // namespace cuda_sim
}  // namespace tamp

#endif  // TAMP_TESTS_CUDA_SIM_ENGINE_FIBER_H_
