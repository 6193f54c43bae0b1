// What goes through maps element by element.

#include <vector>

#include "kernels/broadcast.h"
#include "kernels/dropout_mask.h"
#include "kernels/elementwise_kernel.h"
#include "kernels/grad_mode.h"
#include "layers/dropout/dropout_cuda.h"
#include "layers/eltwise/eltwise_cuda.h"
#include "layers/elu/elu_cuda.h"
#include "layers/prelu/prelu_cuda.h"
#include "layers/relu/relu_cuda.h"
#include "layers/sigmoid/sigmoid_cuda.h"
#include "layers/tanh/tanh_cuda.h"
#include "tests/cuda_judge/launches/rooms.h"

namespace tamp {
namespace cuda_judge {
namespace {

void LaunchActivation(JudgedGpu& gpu, ElementwiseKernel& kernel) {
  const Strided<float> x = gpu.Maps(kStemMaps), y = gpu.Maps(kStemMaps);
  const Strided<float> dx = gpu.Maps(kStemMaps), dy = gpu.Maps(kStemMaps);
  kernel.Forward({x, y});
  kernel.Backward({y, dy, dx, GradMode::kAdd});
}

}  // namespace

void LaunchActivations(JudgedGpu& gpu) {
  LaunchActivation(gpu, *MakeReluCuda({kStemMaps}, gpu.queue()));
  LaunchActivation(gpu, *MakeEluCuda({kStemMaps}, gpu.queue()));
  LaunchActivation(gpu, *MakeSigmoidCuda({kStemMaps}, gpu.queue()));
  LaunchActivation(gpu, *MakeTanhCuda({kStemMaps}, gpu.queue()));
}

void LaunchPrelu(JudgedGpu& gpu) {
  const Extents slopes = {1, kStemMaps.channels, 1};
  const auto kernel =
      MakePreluCuda({kStemMaps, slopes, kStemMaps.spatial}, gpu.queue());
  const Strided<float> x = gpu.Maps(kStemMaps), y = gpu.Maps(kStemMaps);
  const Strided<float> dx = gpu.Maps(kStemMaps), dy = gpu.Maps(kStemMaps);
  const Strided<float> slope = gpu.Maps(slopes), dslope = gpu.Maps(slopes);
  kernel->Forward({x, slope, y});
  kernel->Backward({x, slope, dy, dx, GradMode::kAdd, dslope, GradMode::kAdd});
}

void LaunchDropout(JudgedGpu& gpu) {
  DropoutMask mask;
  mask.threshold = DropoutThreshold(0.2);
  MakeDropoutCuda(kBlockMaps, gpu.queue())
      ->Apply(mask, {gpu.Maps(kBlockMaps), gpu.Maps(kBlockMaps)});
}

void LaunchEltwise(JudgedGpu& gpu) {
  using Operation = EltwiseOptions::Operation;
  EltwiseOptions options;
  options.extents = kLastMaps;
  options.coefficients.assign(20, 1);  // more than a launch can be handed
  std::vector<Strided<const float>> x;
  for (int i = 0; i < options.num_inputs(); ++i) {
    x.push_back(gpu.Maps(kLastMaps));
  }
  const Strided<float> y = gpu.Maps(kLastMaps), dx = gpu.Maps(kLastMaps);
  for (const Operation operation : {Operation::kSum, Operation::kMax}) {
    options.operation = operation;
    const auto kernel = MakeEltwiseCuda(options, gpu.queue());
    kernel->Forward({x.data(), y});
    kernel->Backward({x.data(), y, 1, dx, GradMode::kAdd});
  }
}

}  // namespace cuda_judge
}  // namespace tamp
