// The sizes and places of grids, which host code knows too.

#ifndef TAMP_TESTS_CUDA_SIM_LANGUAGE_DIM3_H_
#define TAMP_TESTS_CUDA_SIM_LANGUAGE_DIM3_H_

struct uint3 {
  unsigned x, y, z;
};

struct dim3 {
  constexpr dim3(unsigned x = 1, unsigned y = 1, unsigned z = 1)
      : x(x), y(y), z(z) {}
  constexpr dim3(uint3 v) : x(v.x), y(v.y), z(v.z) {}

  unsigned x, y, z;
};

#endif  // TAMP_TESTS_CUDA_SIM_LANGUAGE_DIM3_H_
