// What surrounds the products of convolutions, which are the library's.

#include "kernels/cuda/channels_last.h"
#include "kernels/cuda/fused_norm_cuda.h"
#include "kernels/cuda/half_type.h"
#include "kernels/dropout_mask.h"
#include "kernels/fused_norm.h"
#include "kernels/grad_mode.h"
#include "layers/convolution/cuda/bias.h"
#include "layers/fused_convolution/cuda/input_gradient.h"
#include "layers/fused_convolution/cuda/load.h"
#include "layers/fused_convolution/cuda/output_gradient.h"
#include "layers/fused_convolution/cuda/output_norm.h"
#include "layers/fused_convolution/cuda/store.h"
#include "layers/fused_convolution/fused_convolution_kernel.h"
#include "tests/cuda_judge/launches/fused_norms.h"
#include "tests/cuda_judge/launches/rooms.h"

namespace tamp {
namespace cuda_judge {
namespace {

// The last bottleneck of the first block, and what a transition does more.
FusedConvolutionOptions BottleneckOptions() {
  FusedConvolutionOptions options;
  options.num = kBatchSize;
  options.channels = kBlockMaps.channels;
  options.height = options.width = 56;
  options.num_output = 128;
  options.kernel = 1;
  return options;
}

void LaunchForwardParts(JudgedGpu& gpu,
                        const FusedConvolutionOptions& options) {
  FusedConvolutionForwardArgs<float> args;
  args.x = gpu.Maps(kBlockMaps);
  args.norm = NormArgs(gpu, options.channels);
  args.output_norm = NormArgs(gpu, options.num_output);
  args.y = gpu.Maps({kBatchSize, options.num_output, options.output_size()});
  args.statistics = gpu.Floats(2 * options.num_output);
  args.dropout.threshold = DropoutThreshold(0.2);
  CudaQueue& queue = gpu.queue();
  PrepareFusedNorm(queue, args.norm, options.channels,
                   kBatchSize * kBlockMaps.spatial);
  LoadInput(queue, options, args.x,
            FusedNormTermsAt<const float>(args.norm.terms, options.channels),
            gpu.Floats(kBatchSize * options.channels * options.z_size()));
  float* shifts = nullptr;
  if (options.shifts_output) {
    const int64_t weights = options.num_output * options.channels;
    shifts = gpu.Floats(options.num_output);
    FoldOutputNorm(queue, options, args.output_norm, gpu.Floats(weights),
                   gpu.Floats(weights), shifts);
  }
  const float* product =
      gpu.Floats(kBatchSize * options.num_output * options.output_size());
  StoreOutput(queue, options, args, product, shifts);
}

void LaunchBackwardParts(JudgedGpu& gpu,
                         const FusedConvolutionOptions& options) {
  const Extents outputs = {kBatchSize, options.num_output,
                           options.output_size()};
  FusedConvolutionBackwardArgs<float> args;
  args.x = gpu.Maps(kBlockMaps);
  args.norm =
      NormGradArgs(gpu, options.channels, NormArgs(gpu, options.channels));
  args.y = gpu.Maps(outputs);
  args.g = gpu.Maps(outputs);
  args.finishing = FinishingOf(gpu, options.num_output);
  args.dx = gpu.Maps(kBlockMaps);
  args.dx_mode = GradMode::kAdd;
  const auto terms = FinishingTermsAt(
      gpu.Floats(NumFinishingTerms(options.num_output)), options.num_output);
  CudaQueue& queue = gpu.queue();
  PrepareFinishing(queue, args.finishing, options.num_output,
                   kBatchSize * options.output_size(), terms);
  FinishOutputGradient(queue, options, args, {terms.p, terms.q, terms.r},
                              gpu.Floats(outputs.count()));
  const float* dz =
      gpu.Floats(kBatchSize * options.channels * options.z_size());
  StoreInputGradient(queue, options, args, dz);
}

}  // namespace

void LaunchConvolution(JudgedGpu& gpu) {
  const Strided<float> x = gpu.Maps(kStemMaps);
  float* bias = gpu.Floats(kStemMaps.channels);
  AddBias(gpu.queue(), kStemMaps, bias, x);
  SumToBias(gpu.queue(), kStemMaps, x, GradMode::kAdd, bias);
  void* packed = gpu.Bytes(ChannelsLastBytes(kStemMaps));
  for (const HalfType type : {HalfType::kFp16, HalfType::kBf16}) {
    PackChannelsLast(gpu.queue(), kStemMaps, x, type, packed);
    UnpackChannelsLast(gpu.queue(), kStemMaps, packed, type, GradMode::kAdd, x);
  }
}

void LaunchFusedConvolution(JudgedGpu& gpu) {
  FusedConvolutionOptions trains = BottleneckOptions();
  trains.normalizes = trains.pools = trains.drops = trains.has_statistics =
      true;
  FusedConvolutionOptions tests = BottleneckOptions();
  tests.normalizes = tests.shifts_output = tests.rectifies_output = true;
  FusedConvolutionOptions plain = BottleneckOptions();
  for (const auto& options : {trains, tests, plain}) {
    LaunchForwardParts(gpu, options);
    LaunchBackwardParts(gpu, options);
  }
}

}  // namespace cuda_judge
}  // namespace tamp
