// Launches of every kernel that we have, through the makers of its room.

#ifndef TAMP_TESTS_CUDA_JUDGE_LAUNCHES_ROOMS_H_
#define TAMP_TESTS_CUDA_JUDGE_LAUNCHES_ROOMS_H_

#include "tests/cuda_judge/launches/judged_gpu.h"

namespace tamp {
namespace cuda_judge {

// core/cuda, kernels/cuda
void LaunchFill(JudgedGpu& gpu);
void LaunchCopies(JudgedGpu& gpu);

// layers
void LaunchActivations(JudgedGpu& gpu);
void LaunchPrelu(JudgedGpu& gpu);
void LaunchDropout(JudgedGpu& gpu);
void LaunchEltwise(JudgedGpu& gpu);
void LaunchBatchNorm(JudgedGpu& gpu);
void LaunchBatchNormApply(JudgedGpu& gpu);
void LaunchBatchNormStatistics(JudgedGpu& gpu);
void LaunchScale(JudgedGpu& gpu);
void LaunchBias(JudgedGpu& gpu);
void LaunchPooling(JudgedGpu& gpu);
void LaunchFusedPooling(JudgedGpu& gpu);
void LaunchLrn(JudgedGpu& gpu);
void LaunchConvolution(JudgedGpu& gpu);
void LaunchFusedConvolution(JudgedGpu& gpu);
void LaunchInnerProduct(JudgedGpu& gpu);
void LaunchSoftmax(JudgedGpu& gpu);
void LaunchSoftmaxLoss(JudgedGpu& gpu);
void LaunchAccuracy(JudgedGpu& gpu);

// solvers
void LaunchSgd(JudgedGpu& gpu);

}  // namespace cuda_judge
}  // namespace tamp

#endif  // TAMP_TESTS_CUDA_JUDGE_LAUNCHES_ROOMS_H_
