// CUDA C++ as kernels write it, for a compiler that does not know it. Kernels
// do not include this: as nvcc does with its own words, the build puts it
// before every source (cuda_sim.bzl).
//
// A barrier, a fence and an exchange order memory for ThreadSanitizer as CUDA
// defines it; atomic operations do not (they are relaxed).

#ifndef TAMP_TESTS_CUDA_SIM_LANGUAGE_CUDA_LANGUAGE_H_
#define TAMP_TESTS_CUDA_SIM_LANGUAGE_CUDA_LANGUAGE_H_

#include <cmath>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "tests/cuda_sim/language/calls.h"
#include "tests/cuda_sim/language/cuda_types.h"

#define __global__
#define __device__
#define __host__
#define __forceinline__ inline
#define __launch_bounds__(...)
#define __shared__ thread_local  // tests/cuda_sim/engine/shared_memory.h

// The caller's place, as last parameters.
#define CUDA_SIM_PLACE \
  const char *file = __builtin_FILE(), int line = __builtin_LINE()

inline void __syncthreads(CUDA_SIM_PLACE) {
  tamp::cuda_sim::Barrier("__syncthreads", false, {file, line});
}

inline int __syncthreads_count(int predicate, CUDA_SIM_PLACE) {
  return tamp::cuda_sim::Barrier("__syncthreads_count", predicate != 0,
                                 {file, line});
}

inline int __syncthreads_or(int predicate, CUDA_SIM_PLACE) {
  return tamp::cuda_sim::Barrier("__syncthreads_or", predicate != 0,
                                 {file, line}) > 0;
}

inline int __syncthreads_and(int predicate, CUDA_SIM_PLACE) {
  return tamp::cuda_sim::Barrier("__syncthreads_and", predicate == 0,
                                 {file, line}) == 0;
}

inline void __syncwarp(uint32_t mask = 0xffffffff, CUDA_SIM_PLACE) {
  tamp::cuda_sim::SyncWarp(mask, {file, line});
}

inline uint32_t __ballot_sync(uint32_t mask, int predicate, CUDA_SIM_PLACE) {
  return tamp::cuda_sim::Ballot("__ballot_sync", mask, predicate != 0,
                                {file, line});
}

inline int __any_sync(uint32_t mask, int predicate, CUDA_SIM_PLACE) {
  return tamp::cuda_sim::Ballot("__any_sync", mask, predicate != 0,
                                {file, line}) != 0;
}

inline int __all_sync(uint32_t mask, int predicate, CUDA_SIM_PLACE) {
  return tamp::cuda_sim::Ballot("__all_sync", mask, predicate == 0,
                                {file, line}) == 0;
}

namespace tamp {
namespace cuda_sim {

template <typename T>
T ShuffleValue(const char* call, uint32_t mask, T value, int source, int width,
               Place place) {
  static_assert(std::is_arithmetic_v<T> && (sizeof(T) == 4 || sizeof(T) == 8));
  uint64_t bits = 0;
  std::memcpy(&bits, &value, sizeof value);
  bits = Exchange({call, mask, bits, source, width}, place);
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

}  // namespace cuda_sim
}  // namespace tamp

template <typename T>
T __shfl_sync(uint32_t mask, T value, int source, int width = 32,
              CUDA_SIM_PLACE) {
  const int section = tamp::cuda_sim::Lane() & ~(width - 1);
  return tamp::cuda_sim::ShuffleValue("__shfl_sync", mask, value,
                                      section | (source & (width - 1)), width,
                                      {file, line});
}

template <typename T>
T __shfl_up_sync(uint32_t mask, T value, unsigned delta, int width = 32,
                 CUDA_SIM_PLACE) {
  const int source = tamp::cuda_sim::Lane() - static_cast<int>(delta);
  return tamp::cuda_sim::ShuffleValue("__shfl_up_sync", mask, value, source,
                                      width, {file, line});
}

template <typename T>
T __shfl_down_sync(uint32_t mask, T value, unsigned delta, int width = 32,
                   CUDA_SIM_PLACE) {
  const int source = tamp::cuda_sim::Lane() + static_cast<int>(delta);
  return tamp::cuda_sim::ShuffleValue("__shfl_down_sync", mask, value, source,
                                      width, {file, line});
}

template <typename T>
T __shfl_xor_sync(uint32_t mask, T value, int lane_mask, int width = 32,
                  CUDA_SIM_PLACE) {
  const int source = tamp::cuda_sim::Lane() ^ lane_mask;
  return tamp::cuda_sim::ShuffleValue("__shfl_xor_sync", mask, value, source,
                                      width, {file, line});
}

inline void __threadfence() { tamp::cuda_sim::Fence(); }

#include "tests/cuda_sim/language/cuda_atomics.h"

#endif  // TAMP_TESTS_CUDA_SIM_LANGUAGE_CUDA_LANGUAGE_H_
