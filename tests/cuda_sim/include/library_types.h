// The types of elements that CUDA's libraries share, as NVIDIA's header
// declares them.

#ifndef TAMP_TESTS_CUDA_SIM_INCLUDE_LIBRARY_TYPES_H_
#define TAMP_TESTS_CUDA_SIM_INCLUDE_LIBRARY_TYPES_H_

typedef enum cudaDataType_t {
  CUDA_R_16F = 2,
  CUDA_R_16BF = 14,
  CUDA_R_32F = 0,
  CUDA_R_64F = 1,
} cudaDataType;

#endif  // TAMP_TESTS_CUDA_SIM_INCLUDE_LIBRARY_TYPES_H_
