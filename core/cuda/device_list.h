// What there is of CUDA on this machine: its GPUs, the versions of driver and
// libraries, and what is missing.

#ifndef TAMP_CORE_CUDA_DEVICE_LIST_H_
#define TAMP_CORE_CUDA_DEVICE_LIST_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace tamp {

// How many GPUs there are, at least one. Otherwise an error that says why there
// is none, and what to do.
absl::StatusOr<int> CountCudaDevices();

struct CudaDeviceFacts {
  std::string name;  // "NVIDIA H100 80GB HBM3"
  int64_t total_bytes = 0;
  int64_t free_bytes = 0;
  int major = 0, minor = 0;  // compute capability
  int num_multiprocessors = 0;
};

struct CudaSystem {
  std::vector<CudaDeviceFacts> devices;  // by ordinal
  // As "13.0" and "9.13.1"; empty where there is none.
  std::string driver;  // the newest CUDA that it serves
  std::string runtime;
  std::string cudnn;
  std::string cublas;
  // What must be mended before a net can run on a GPU: a sentence each, with
  // what to do. Empty: nothing.
  std::vector<std::string> missing;
};

// Looks; the calling thread's device stays the same.
CudaSystem DescribeCudaSystem();
// As if cuDNN were of that version, as cudnnGetVersion() writes it.
CudaSystem DescribeCudaSystem(size_t cudnn_version);

}  // namespace tamp

#endif  // TAMP_CORE_CUDA_DEVICE_LIST_H_
