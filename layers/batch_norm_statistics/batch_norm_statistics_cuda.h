#ifndef TAMP_LAYERS_BATCH_NORM_STATISTICS_BATCH_NORM_STATISTICS_CUDA_H_
#define TAMP_LAYERS_BATCH_NORM_STATISTICS_BATCH_NORM_STATISTICS_CUDA_H_

#include <memory>

#include "core/cuda/queue.h"
#include "layers/batch_norm_statistics/batch_norm_statistics_kernel.h"

namespace tamp {

// The queue must outlive the kernel.
std::unique_ptr<BatchNormStatisticsKernel> MakeBatchNormStatisticsCuda(
    const BatchNormStatisticsOptions& options, CudaQueue& queue);

}  // namespace tamp

#endif  // TAMP_LAYERS_BATCH_NORM_STATISTICS_BATCH_NORM_STATISTICS_CUDA_H_
