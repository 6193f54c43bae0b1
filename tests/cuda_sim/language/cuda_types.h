// The types and variables that every CUDA thread knows.

#ifndef TAMP_TESTS_CUDA_SIM_LANGUAGE_CUDA_TYPES_H_
#define TAMP_TESTS_CUDA_SIM_LANGUAGE_CUDA_TYPES_H_

struct uint3 {
  unsigned x, y, z;
};

struct dim3 {
  constexpr dim3(unsigned x = 1, unsigned y = 1, unsigned z = 1)
      : x(x), y(y), z(z) {}

  unsigned x, y, z;
};

// Set whenever the simulator goes on with another thread of a block.
inline thread_local uint3 threadIdx, blockIdx;
inline thread_local dim3 blockDim, gridDim;

constexpr int warpSize = 32;

#endif  // TAMP_TESTS_CUDA_SIM_LANGUAGE_CUDA_TYPES_H_
