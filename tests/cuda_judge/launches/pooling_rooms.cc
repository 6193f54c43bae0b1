// Windows over maps, and over channels.

#include "kernels/grad_mode.h"
#include "kernels/pooling_axis.h"
#include "layers/fused_pooling/fused_pooling_cuda.h"
#include "layers/lrn/lrn_cuda.h"
#include "layers/pooling/pooling_cuda.h"
#include "tests/cuda_judge/launches/fused_norms.h"
#include "tests/cuda_judge/launches/rooms.h"

namespace tamp {
namespace cuda_judge {
namespace {

// The stem's pooling, and one whose windows are a warp's work each.
constexpr PoolingAxis kStemAxis = {112, 3, 1, 2};
constexpr PoolingAxis kWideAxis = {112, 17, 0, 2};
// That of the head.
constexpr PoolingAxis kHeadAxis = {7, 7};

void LaunchPoolingWith(JudgedGpu& gpu, const PoolingAxis& axis) {
  const auto kernel = MakePoolingCuda({PoolingOptions::Method::kMax, kBatchSize,
                                       kStemMaps.channels, axis, axis},
                                      gpu.queue());
  const Extents outputs = {kBatchSize, kStemMaps.channels,
                           axis.num_windows() * axis.num_windows()};
  const Strided<float> x = gpu.Maps(kStemMaps), y = gpu.Maps(outputs);
  auto* argmax = static_cast<int32_t*>(
      gpu.Bytes(outputs.count() * int64_t{sizeof(int32_t)}));
  kernel->Forward({x, y, argmax});
  kernel->Backward({y, argmax, x, GradMode::kAdd});
}

void LaunchFusedPoolingWith(JudgedGpu& gpu,
                            const FusedPoolingOptions& options) {
  const auto kernel = MakeFusedPoolingCuda(options, gpu.queue());
  const int64_t channels = options.channels;
  FusedPoolingForwardArgs<float> forward;
  forward.x = gpu.Maps({kBatchSize, channels, options.input_size()});
  forward.norm = NormArgs(gpu, channels);
  forward.y = gpu.Maps({kBatchSize, channels, options.output_size()});
  forward.statistics = gpu.Floats(2 * channels);
  forward.workspace = gpu.Bytes(kernel->forward_workspace_bytes());
  kernel->Forward(forward);

  FusedPoolingBackwardArgs<float> backward;
  backward.x = forward.x;
  backward.norm = NormGradArgs(gpu, channels, forward.norm);
  backward.y = forward.y;
  backward.g = gpu.Maps({kBatchSize, channels, options.output_size()});
  backward.finishing = FinishingOf(gpu, channels);
  backward.dx = gpu.Maps({kBatchSize, channels, options.input_size()});
  backward.workspace = gpu.Bytes(kernel->backward_workspace_bytes());
  kernel->Backward(backward);
}

}  // namespace

void LaunchPooling(JudgedGpu& gpu) {
  LaunchPoolingWith(gpu, kStemAxis);
  LaunchPoolingWith(gpu, kWideAxis);
}

void LaunchLrn(JudgedGpu& gpu) {
  const auto kernel =
      MakeLrnCuda({kBatchSize, kStemMaps.channels, 112, 112}, gpu.queue());
  const Strided<float> x = gpu.Maps(kStemMaps), y = gpu.Maps(kStemMaps);
  float* scale = gpu.Floats(kStemMaps.count());
  kernel->Forward({x, y, scale, gpu.Bytes(kernel->forward_workspace_bytes())});
  kernel->Backward({x, scale, y, gpu.Maps(kStemMaps), GradMode::kAdd,
                    gpu.Bytes(kernel->backward_workspace_bytes())});
}

void LaunchFusedPooling(JudgedGpu& gpu) {
  using Method = FusedPoolingOptions::Method;
  LaunchFusedPoolingWith(gpu, {Method::kMax, kBatchSize, kStemMaps.channels,
                               kStemAxis, kStemAxis, true});
  LaunchFusedPoolingWith(gpu, {Method::kMax, kBatchSize, kStemMaps.channels,
                               kWideAxis, kWideAxis, true});
  LaunchFusedPoolingWith(gpu, {Method::kAverage, kBatchSize, kLastMaps.channels,
                               kHeadAxis, kHeadAxis, true});
}

}  // namespace cuda_judge
}  // namespace tamp
