#include "tests/cuda_sim/engine/fiber.h"

#include <atomic>
#include <cstdint>
#include <mutex>
#include <utility>
#include <vector>

// The sanitizers' interfaces: null where a sanitizer is not linked.
extern "C" {
__attribute__((weak)) void __sanitizer_start_switch_fiber(void** fake_stack,
                                                          const void* stack,
                                                          size_t bytes);
__attribute__((weak)) void __sanitizer_finish_switch_fiber(void* fake_stack,
                                                           const void** stack,
                                                           size_t* bytes);
__attribute__((weak)) void* __tsan_get_current_fiber();
__attribute__((weak)) void* __tsan_create_fiber(unsigned flags);
__attribute__((weak)) void __tsan_switch_to_fiber(void* fiber, unsigned flags);
__attribute__((weak)) void __tsan_acquire(void* token);
__attribute__((weak)) void __tsan_release(void* token);

// Saves the registers that a function must preserve (System V ABI) on this
// stack and its pointer in *from, and goes on where `to` was saved.
void TampSwitchStack(void** from, void* to);
}

__asm__(
    ".text\n"
    ".type TampSwitchStack, @function\n"
    "TampSwitchStack:\n"
    "  pushq %rbp\n"
    "  pushq %rbx\n"
    "  pushq %r12\n"
    "  pushq %r13\n"
    "  pushq %r14\n"
    "  pushq %r15\n"
    "  movq %rsp, (%rdi)\n"
    "  movq %rsi, %rsp\n"
    "  popq %r15\n"
    "  popq %r14\n"
    "  popq %r13\n"
    "  popq %r12\n"
    "  popq %rbx\n"
    "  popq %rbp\n"
    "  ret\n"
    ".size TampSwitchStack, . - TampSwitchStack\n");

namespace tamp {
namespace cuda_sim {
namespace {

// Enough for a kernel compiled with AddressSanitizer, which widens frames.
constexpr size_t kStackBytes = 76 << 10;
// Stacks begin at different places of a cache, so that threads which change
// often do not drive each other out of it.
constexpr size_t kStackSteps = 64, kStackStepBytes = 192;
constexpr unsigned kNoOrder = 1;  // __tsan_switch_to_fiber_no_sync

// The two of the change that goes on.
thread_local Fiber* leaving = nullptr;
thread_local Fiber* entering = nullptr;

void StartSwitch(void** fake_stack, const void* stack, size_t bytes) {
  if (__sanitizer_start_switch_fiber != nullptr) {
    __sanitizer_start_switch_fiber(fake_stack, stack, bytes);
  }
}

void FinishSwitch(void* fake_stack, const void** stack, size_t* bytes) {
  if (__sanitizer_finish_switch_fiber != nullptr) {
    __sanitizer_finish_switch_fiber(fake_stack, stack, bytes);
  }
}

// ThreadSanitizer's identities of fibers that are no more: to make one takes as
// long as to run a small kernel.
std::mutex free_mutex;
std::vector<void*>* free_identities = nullptr;

void* TakeIdentity() {
  if (__tsan_create_fiber == nullptr) return nullptr;
  const std::lock_guard<std::mutex> lock(free_mutex);
  if (free_identities == nullptr || free_identities->empty()) {
    return __tsan_create_fiber(0);
  }
  void* identity = free_identities->back();
  free_identities->pop_back();
  return identity;
}

void GiveIdentityBack(void* identity) {
  const std::lock_guard<std::mutex> lock(free_mutex);
  if (free_identities == nullptr) free_identities = new std::vector<void*>;
  free_identities->push_back(identity);
}

}  // namespace

bool HasRaceDetector() { return __tsan_create_fiber != nullptr; }

Fiber::Fiber() {
  if (HasRaceDetector()) race_identity_ = __tsan_get_current_fiber();
}

Fiber::Fiber(std::function<void()> body)
    : body_(std::move(body)),
      own_stack_(new char[kStackBytes]),
      stack_(own_stack_.get()),
      stack_bytes_(kStackBytes) {
  race_identity_ = TakeIdentity();
  static std::atomic<size_t> num_made = 0;
  const uintptr_t top = reinterpret_cast<uintptr_t>(own_stack_.get()) +
                        kStackBytes -
                        num_made++ % kStackSteps * kStackStepBytes;
  void** stack = reinterpret_cast<void**>(top & ~uintptr_t{15});
  *--stack = nullptr;  // Enter's return address: it does not return.
  *--stack = reinterpret_cast<void*>(&Fiber::Enter);
  for (int saved = 0; saved < 6; ++saved) *--stack = nullptr;
  stack_pointer_ = stack;
}

Fiber::~Fiber() {
  if (own_stack_ != nullptr && race_identity_ != nullptr) {
    GiveIdentityBack(race_identity_);
  }
}

void Fiber::SwitchTo(Fiber* next) {
  leaving = this;
  entering = next;
  StartSwitch(&fake_stack_, next->stack_, next->stack_bytes_);
  if (HasRaceDetector()) {
    __tsan_switch_to_fiber(next->race_identity_, kNoOrder);
  }
  TampSwitchStack(&stack_pointer_, next->stack_pointer_);
  FinishSwitch(fake_stack_, &leaving->stack_, &leaving->stack_bytes_);
}

void Fiber::Enter() {
  Fiber* fiber = entering;
  FinishSwitch(nullptr, &leaving->stack_, &leaving->stack_bytes_);
  fiber->body_();
}

void Release(void* token) {
  if (__tsan_release != nullptr) __tsan_release(token);
}

void Acquire(void* token) {
  if (__tsan_acquire != nullptr) __tsan_acquire(token);
}

}  // namespace cuda_sim
}  // namespace tamp
