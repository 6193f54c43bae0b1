// Batch norms, and what goes through maps by channels.

#include "kernels/broadcast.h"
#include "kernels/grad_mode.h"
#include "layers/batch_norm/batch_norm_cuda.h"
#include "layers/batch_norm_apply/batch_norm_apply_cuda.h"
#include "layers/batch_norm_statistics/batch_norm_statistics_cuda.h"
#include "layers/bias/bias_cuda.h"
#include "layers/scale/scale_cuda.h"
#include "tests/cuda_judge/launches/rooms.h"

namespace tamp {
namespace cuda_judge {
namespace {

constexpr Extents kMaps = kBlockMaps;

void LaunchBatchNormWith(JudgedGpu& gpu, bool use_global_stats) {
  BatchNormOptions options = {kMaps.num, kMaps.channels, kMaps.spatial};
  options.use_global_stats = use_global_stats;
  options.update_running_stats = !use_global_stats;
  const auto kernel = MakeBatchNormCuda(options, gpu.queue());
  BatchNormForwardArgs<float> forward;
  forward.x = gpu.Maps(kMaps);
  forward.y = gpu.Maps(kMaps);
  forward.gamma = gpu.Floats(kMaps.channels);
  forward.beta = gpu.Floats(kMaps.channels);
  forward.running_mean = gpu.Floats(kMaps.channels);
  forward.running_variance = gpu.Floats(kMaps.channels);
  forward.running_weight = gpu.Floats(1);
  forward.mean = gpu.Floats(kMaps.channels);
  forward.inv_std = gpu.Floats(kMaps.channels);
  kernel->Forward(forward);

  BatchNormBackwardArgs<float> backward;
  backward.x = forward.x;
  backward.gamma = forward.gamma;
  backward.mean = forward.mean;
  backward.inv_std = forward.inv_std;
  backward.dy = gpu.Maps(kMaps);
  backward.dx = gpu.Maps(kMaps);
  backward.dgamma = gpu.Floats(kMaps.channels);
  backward.dbeta = gpu.Floats(kMaps.channels);
  backward.dx_mode = backward.dgamma_mode = backward.dbeta_mode =
      GradMode::kAdd;
  kernel->Backward(backward);
}

// One number a channel of the maps.
Broadcast ByChannels() {
  return {kMaps, {1, kMaps.channels, 1}, kMaps.spatial};
}

}  // namespace

void LaunchBatchNorm(JudgedGpu& gpu) {
  LaunchBatchNormWith(gpu, /*use_global_stats=*/false);
  LaunchBatchNormWith(gpu, /*use_global_stats=*/true);
}

void LaunchBatchNormApply(JudgedGpu& gpu) {
  const auto kernel = MakeBatchNormApplyCuda(
      {kMaps.num, kMaps.channels, kMaps.spatial}, gpu.queue());
  BatchNormApplyForwardArgs<float> forward;
  forward.x = gpu.Maps(kMaps);
  forward.y = gpu.Maps(kMaps);
  forward.statistics = gpu.Floats(2 * kMaps.channels);
  forward.gamma = gpu.Floats(kMaps.channels);
  forward.beta = gpu.Floats(kMaps.channels);
  forward.running_mean = gpu.Floats(kMaps.channels);
  forward.running_variance = gpu.Floats(kMaps.channels);
  forward.running_weight = gpu.Floats(1);
  kernel->Forward(forward);

  BatchNormApplyBackwardArgs<float> backward;
  backward.x = forward.x;
  backward.statistics = forward.statistics;
  backward.gamma = forward.gamma;
  backward.dy = gpu.Maps(kMaps);
  backward.g = gpu.Maps(kMaps);
  backward.statistics_grad = gpu.Floats(2 * kMaps.channels);
  backward.dgamma = gpu.Floats(kMaps.channels);
  backward.dbeta = gpu.Floats(kMaps.channels);
  kernel->Backward(backward);
}

void LaunchBatchNormStatistics(JudgedGpu& gpu) {
  const auto kernel = MakeBatchNormStatisticsCuda(
      {kMaps.num, kMaps.channels, kMaps.spatial}, gpu.queue());
  const Strided<float> x = gpu.Maps(kMaps), y = gpu.Maps(kMaps);
  float* statistics = gpu.Floats(2 * kMaps.channels);
  kernel->Forward({x, y, statistics});
  kernel->Backward(
      {y, statistics, gpu.Floats(2 * kMaps.channels), x, gpu.Maps(kMaps)});
}

void LaunchScale(JudgedGpu& gpu) {
  const Broadcast broadcast = ByChannels();
  const auto kernel = MakeScaleCuda(broadcast, gpu.queue());
  const Strided<float> x = gpu.Maps(kMaps), y = gpu.Maps(kMaps);
  const Strided<float> scale = gpu.Maps(broadcast.b);
  const Strided<float> bias = gpu.Maps(broadcast.b);
  kernel->Forward({x, scale, bias, y});
  kernel->InputGrad({scale, y, x, GradMode::kAdd});
  kernel->ParameterGrad(
      {x, y, scale, GradMode::kWrite, bias, GradMode::kWrite});
}

void LaunchBias(JudgedGpu& gpu) {
  const Broadcast broadcast = ByChannels();
  const auto kernel = MakeBiasCuda(broadcast, gpu.queue());
  const Strided<float> x = gpu.Maps(kMaps), y = gpu.Maps(kMaps);
  const Strided<float> bias = gpu.Maps(broadcast.b);
  kernel->Forward({x, bias, y});
  kernel->InputGrad({y, x, GradMode::kAdd});
  kernel->ParameterGrad({y, bias});
}

}  // namespace cuda_judge
}  // namespace tamp
