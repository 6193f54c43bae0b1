#ifndef TAMP_CORE_CUDA_FILL_H_
#define TAMP_CORE_CUDA_FILL_H_

#include "core/cuda/queue.h"
#include "core/device/strided_rows.h"

namespace tamp {

// Sets all floats of the rows, which are memory of the device.
void FillRows(CudaQueue& queue, const StridedRows& rows, float value);

}  // namespace tamp

#endif  // TAMP_CORE_CUDA_FILL_H_
