// Running statistics of batch norms (kernels/shared_statistics.h) on a device,
// where blocks bring the channels up to date without waiting for each other:
// all read the old weight, and a kernel behind theirs replaces it.

#ifndef TAMP_KERNELS_CUDA_RUNNING_STATISTICS_CUH_
#define TAMP_KERNELS_CUDA_RUNNING_STATISTICS_CUH_

#include <cstdint>

#include "core/cuda/launch.h"
#include "core/cuda/queue.h"
#include "kernels/shared_statistics.h"

namespace tamp {

// All null where they stay as they are.
struct RunningStatistics {
  float* mean = nullptr;
  float* variance = nullptr;
  float* weight = nullptr;  // one element; null: a moving average
  float fraction = 0;       // f

  // For one thread a channel, whose batch has these statistics.
  __device__ void Update(int64_t c, double count, double batch_mean,
                         double batch_variance) const {
    if (mean == nullptr) return;
    UpdateRunningStatistics(Shares(), count, batch_mean, batch_variance,
                            mean + c, variance + c);
  }

 private:
  __device__ RunningShares Shares() const {
    if (weight == nullptr) return NextRunningShares<float>(fraction, nullptr);
    float next_weight = *weight;
    return NextRunningShares(fraction, &next_weight);
  }
};

template <typename T>
__global__ void __launch_bounds__(1) ReplaceRunningWeight(double f, T* weight) {
  NextRunningShares(f, weight);
}

// Behind the kernel that calls Update.
inline void LaunchWeightUpdate(CudaQueue& queue,
                               const RunningStatistics& running) {
  if (running.mean == nullptr || running.weight == nullptr) return;
  LaunchKernel(queue, ReplaceRunningWeight<float>, GridSize(1, 1),
               double{running.fraction}, running.weight);
}

}  // namespace tamp

#endif  // TAMP_KERNELS_CUDA_RUNNING_STATISTICS_CUH_
