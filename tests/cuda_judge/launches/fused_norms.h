// The norms of fused kernels, in the GPU's memory.

#ifndef TAMP_TESTS_CUDA_JUDGE_LAUNCHES_FUSED_NORMS_H_
#define TAMP_TESTS_CUDA_JUDGE_LAUNCHES_FUSED_NORMS_H_

#include <cstdint>

#include "kernels/fused_norm.h"
#include "kernels/grad_mode.h"
#include "tests/cuda_judge/launches/judged_gpu.h"

namespace tamp {
namespace cuda_judge {

inline FusedNormForwardArgs<float> NormArgs(JudgedGpu& gpu, int64_t channels) {
  FusedNormForwardArgs<float> norm;
  norm.statistics = gpu.Floats(2 * channels);
  norm.gamma = gpu.Floats(channels);
  norm.beta = gpu.Floats(channels);
  norm.running_mean = gpu.Floats(channels);
  norm.running_variance = gpu.Floats(channels);
  norm.running_weight = gpu.Floats(1);
  norm.terms = gpu.Floats(NumFusedNormTerms(channels));
  return norm;
}

inline FusedNormBackwardArgs<float> NormGradArgs(
    JudgedGpu& gpu, int64_t channels,
    const FusedNormForwardArgs<float>& forward) {
  FusedNormBackwardArgs<float> norm;
  norm.gamma = forward.gamma;
  norm.terms = forward.terms;
  norm.dgamma = gpu.Floats(channels);
  norm.dbeta = gpu.Floats(channels);
  norm.statistics_grad = gpu.Floats(2 * channels);
  norm.dgamma_mode = norm.dbeta_mode = norm.statistics_grad_mode =
      GradMode::kAdd;
  return norm;
}

inline FinishingArgs<float> FinishingOf(JudgedGpu& gpu, int64_t channels) {
  return {gpu.Floats(2 * channels), gpu.Floats(2 * channels), 1e-5f};
}

}  // namespace cuda_judge
}  // namespace tamp

#endif  // TAMP_TESTS_CUDA_JUDGE_LAUNCHES_FUSED_NORMS_H_
