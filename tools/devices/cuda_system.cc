#include "tools/devices/cuda_system.h"

namespace tamp {

CudaSystem FindCudaSystem() { return DescribeCudaSystem(); }

}  // namespace tamp
