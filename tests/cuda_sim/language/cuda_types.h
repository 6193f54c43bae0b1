// The types and variables that every CUDA thread knows.

#ifndef TAMP_TESTS_CUDA_SIM_LANGUAGE_CUDA_TYPES_H_
#define TAMP_TESTS_CUDA_SIM_LANGUAGE_CUDA_TYPES_H_

#include "tests/cuda_sim/language/dim3.h"

// Set whenever the simulator goes on with another thread of a block.
inline thread_local uint3 threadIdx, blockIdx;
inline thread_local dim3 blockDim, gridDim;

constexpr int warpSize = 32;

#endif  // TAMP_TESTS_CUDA_SIM_LANGUAGE_CUDA_TYPES_H_
