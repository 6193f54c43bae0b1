#include "core/cuda/fill.cuh"
#include "core/cuda/fill.h"
#include "core/cuda/launch.h"

namespace tamp {

void FillRows(CudaQueue& queue, const StridedRows& rows, float value) {
  const StridedRows merged = rows.Merged();
  if (merged.is_empty()) return;
  LaunchKernel(queue, SetRows,
               GridFor(queue, merged.outer * merged.inner * merged.length),
               merged.data, merged.outer, merged.outer_stride, merged.inner,
               merged.inner_stride, merged.length, value);
}

}  // namespace tamp
