// TAMP_HOST_DEVICE: before a function that kernels on the host and on a CUDA
// device call alike. Elsewhere than in nvcc it is nothing.

#ifndef TAMP_CORE_HOST_DEVICE_H_
#define TAMP_CORE_HOST_DEVICE_H_

#ifdef __CUDACC__
#define TAMP_HOST_DEVICE __host__ __device__
#else
#define TAMP_HOST_DEVICE
#endif

#endif  // TAMP_CORE_HOST_DEVICE_H_
