#include "tools/devices/cuda_system.h"

namespace tamp {

CudaSystem FindCudaSystem() {
  CudaSystem system;
  system.missing = {"this build has no CUDA; build with --config=cuda"};
  return system;
}

}  // namespace tamp
