#include "tests/cuda_sim/language/calls.h"

#include <string>

#include "tests/cuda_sim/engine/block.h"
#include "tests/cuda_sim/engine/cuda_thread.h"
#include "tests/cuda_sim/engine/fault.h"

namespace tamp {
namespace cuda_sim {
namespace {

constexpr int kMaxUnchanged = 5000;

CudaThread* Call(const char* call, Wait wait, uint64_t value, Place place) {
  CudaThread* thread = Block::CurrentThread();
  thread->call = call;
  thread->place = place;
  thread->value = value;
  thread->wait = wait;
  return thread;
}

CudaThread* CallWarp(const char* call, uint32_t mask, uint64_t value,
                     Place place) {
  CudaThread* thread = Call(call, Wait::kWarp, value, place);
  if ((mask >> thread->lane() & 1) == 0) {
    Fail(NameOf(*thread) + " is not in its mask " + Hex(mask) + " of " +
         CallOf(*thread));
  }
  thread->mask = mask;
  thread->block->Await(thread);
  return thread;
}

}  // namespace

int Barrier(const char* call, bool is_set, Place place) {
  CudaThread* thread = Call(call, Wait::kBarrier, is_set, place);
  thread->block->Await(thread);
  return static_cast<int>(thread->sum);
}

void SyncWarp(uint32_t mask, Place place) {
  CallWarp("__syncwarp", mask, 0, place);
}

uint32_t Ballot(const char* call, uint32_t mask, bool is_set, Place place) {
  const CudaThread* thread = CallWarp(call, mask, is_set, place);
  uint32_t ballot = 0;
  for (int lane = 0; lane < warpSize; ++lane) {
    const uint32_t bit = uint32_t{1} << lane;
    if ((thread->present & bit) != 0 && thread->values[lane] != 0)
      ballot |= bit;
  }
  return ballot;
}

uint64_t Exchange(const Shuffle& shuffle, Place place) {
  const CudaThread* thread =
      CallWarp(shuffle.call, shuffle.mask, shuffle.value, place);
  const int sections = ~(shuffle.width - 1);
  const bool is_inside =
      shuffle.source >= 0 && shuffle.source < warpSize &&
      (shuffle.source & sections) == (thread->lane() & sections);
  if (!is_inside) return shuffle.value;
  if ((thread->present >> shuffle.source & 1) == 0) {
    Fail(NameOf(*thread) + " reads lane " + std::to_string(shuffle.source) +
         ", which takes no part in " + CallOf(*thread));
  }
  return thread->values[shuffle.source];
}

int Lane() { return Block::CurrentThread()->lane(); }

void BeforeAtomic() {
  CudaThread* thread = Block::CurrentThread();
  thread->block->Await(thread);
}

void AfterAtomic(const void* address, bool has_changed, Place place) {
  CudaThread* thread = Block::CurrentThread();
  if (has_changed || address != thread->watched) thread->num_unchanged = 0;
  thread->watched = address;
  if (++thread->num_unchanged < kMaxUnchanged) return;
  thread->call = "atomic operation";
  thread->place = place;
  Fail(NameOf(*thread) + " waits for a value that does not come in " +
       CallOf(*thread));
}

void Fence() {
  static char fence_token;
  Release(&fence_token);
  Acquire(&fence_token);
}

}  // namespace cuda_sim
}  // namespace tamp
