#include <cuda_runtime_api.h>

#include "third_party/cuda/versions.h"

namespace tamp {

int VersionOfCompiler() { return CUDART_VERSION; }

int VersionOfRuntime() {
  int version = -1;
  return cudaRuntimeGetVersion(&version) == cudaSuccess ? version : -1;
}

// Machine code for images_test to find.
__global__ void StoreOne(int* x) { *x = 1; }

}  // namespace tamp
