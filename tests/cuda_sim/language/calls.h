// What kernels call, once for all types; cuda_language.h gives it CUDA's names.

#ifndef TAMP_TESTS_CUDA_SIM_LANGUAGE_CALLS_H_
#define TAMP_TESTS_CUDA_SIM_LANGUAGE_CALLS_H_

#include <cstdint>

#include "tests/cuda_sim/engine/place.h"

namespace tamp {
namespace cuda_sim {

// Waits for all threads of the block; the number of those with `is_set`.
int Barrier(const char* call, bool is_set, Place place);

// Waits for the lanes of `mask`.
void SyncWarp(uint32_t mask, Place place);

// The lanes of `mask` with `is_set`.
uint32_t Ballot(const char* call, uint32_t mask, bool is_set, Place place);

// The value of another lane of `mask`.
struct Shuffle {
  const char* call;
  uint32_t mask;
  uint64_t value;
  int source;  // a lane, maybe outside of the section: then its own value
  int width;   // of a section: a power of two
};
uint64_t Exchange(const Shuffle& shuffle, Place place);

// The number of this thread in its warp.
int Lane();

// Lets others run before an atomic operation.
void BeforeAtomic();
// A thread that finds the same value again and again waits for a block that has
// no room to run, or for nothing.
void AfterAtomic(const void* address, bool has_changed, Place place);

// For ThreadSanitizer: orders what was before fences of other threads.
void Fence();

}  // namespace cuda_sim
}  // namespace tamp

#endif  // TAMP_TESTS_CUDA_SIM_LANGUAGE_CALLS_H_
