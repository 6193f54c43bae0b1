#ifndef TAMP_LAYERS_BATCH_NORM_STATISTICS_BATCH_NORM_STATISTICS_CPU_H_
#define TAMP_LAYERS_BATCH_NORM_STATISTICS_BATCH_NORM_STATISTICS_CPU_H_

#include <memory>

#include "absl/status/statusor.h"
#include "core/device/device.h"
#include "layers/batch_norm_statistics/batch_norm_statistics_kernel.h"

namespace tamp {

// REQUIRES: device is a CpuDevice and outlives the kernel.
absl::StatusOr<std::unique_ptr<BatchNormStatisticsKernel>>
MakeBatchNormStatisticsCpu(const BatchNormStatisticsOptions& options,
                           Device& device);

}  // namespace tamp

#endif  // TAMP_LAYERS_BATCH_NORM_STATISTICS_BATCH_NORM_STATISTICS_CPU_H_
