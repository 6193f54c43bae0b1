// What this build and this machine have of CUDA: cuda_system.cc with
// --config=cuda, otherwise no_cuda_system.cc.

#ifndef TAMP_TOOLS_DEVICES_CUDA_SYSTEM_H_
#define TAMP_TOOLS_DEVICES_CUDA_SYSTEM_H_

#include "core/cuda/device_list.h"

namespace tamp {

CudaSystem FindCudaSystem();

}  // namespace tamp

#endif  // TAMP_TOOLS_DEVICES_CUDA_SYSTEM_H_
