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

// (Resume Suspend)*: a fiber stays on the thread that first resumes it.
class Fiber {
 public:
  // `body` never returns: it suspends the fiber when there is nothing to do.
  explicit Fiber(std::function<void()> body);
  Fiber(const Fiber&) = delete;
  ~Fiber();

  // Runs the fiber until it suspends itself.
  void Resume();
  // Called on the fiber: goes back to where it was resumed.
  void Suspend();

 private:
  static void Enter();

  std::function<void()> body_;
  std::unique_ptr<char[]> stack_;
  void* stack_pointer_ = nullptr;
  void* race_identity_ = nullptr;  // ThreadSanitizer's
  void* fake_stack_ = nullptr;     // AddressSanitizer's
  // Of the thread that resumed it.
  void* owner_stack_pointer_ = nullptr;
  void* owner_race_identity_ = nullptr;
  const void* owner_stack_ = nullptr;
  size_t owner_stack_bytes_ = 0;
};

// For ThreadSanitizer: what was done before Release(token) happens before what
// is done after Acquire(token). Elsewhere they do nothing.
void Release(void* token);
void Acquire(void* token);

}  // namespace cuda_sim
}  // namespace tamp

#endif  // TAMP_TESTS_CUDA_SIM_ENGINE_FIBER_H_
