// What is behind the last maps.

#include "kernels/axis_lines.h"
#include "kernels/grad_mode.h"
#include "layers/accuracy/accuracy_cuda.h"
#include "layers/inner_product/inner_product_cuda_bias.h"
#include "layers/softmax/softmax_cuda.h"
#include "layers/softmax_loss/softmax_loss_cuda.h"
#include "tests/cuda_judge/launches/rooms.h"

namespace tamp {
namespace cuda_judge {
namespace {

// A line of scores for each image.
constexpr AxisLines kLines = {AxisLines::Axis::kChannels, kNumClasses,
                              kBatchSize};

}  // namespace

// The products are the library's.
void LaunchInnerProduct(JudgedGpu& gpu) {
  float* y = gpu.Floats(kBatchSize * kNumClasses);
  float* bias = gpu.Floats(kNumClasses);
  SetRowsToBias(gpu.queue(), bias, kBatchSize, kNumClasses, y, kNumClasses);
  SumRows(gpu.queue(), y, kBatchSize, kNumClasses, kNumClasses, GradMode::kAdd,
          bias);
}

void LaunchSoftmax(JudgedGpu& gpu) {
  const auto kernel = MakeSoftmaxCuda(kLines, gpu.queue());
  const Strided<float> x = gpu.Maps(kScores), y = gpu.Maps(kScores);
  kernel->Forward({x, y});
  kernel->Backward({y, y, x, GradMode::kAdd});
}

void LaunchSoftmaxLoss(JudgedGpu& gpu) {
  SoftmaxLossOptions options;
  options.lines = kLines;
  options.labels = kLabels;
  options.has_ignore_label = true;
  const auto kernel = MakeSoftmaxLossCuda(options, gpu.queue());
  SoftmaxLossForwardArgs<float> forward;
  forward.x = gpu.Maps(kScores);
  forward.labels = gpu.Maps(kLabels);
  forward.loss = gpu.Floats(1);
  forward.probabilities = gpu.Floats(kScores.count());
  forward.y = gpu.Maps(kScores);
  forward.workspace = gpu.Bytes(kernel->forward_workspace_bytes());
  forward.count = gpu.Floats(1);
  kernel->Forward(forward);
  kernel->Backward({forward.labels, forward.probabilities, forward.loss,
                    forward.y, gpu.Maps(kScores), GradMode::kAdd});
}

void LaunchAccuracy(JudgedGpu& gpu) {
  AccuracyOptions options;
  options.lines = kLines;
  options.labels = kLabels;
  options.top_k = 5;
  const auto kernel = MakeAccuracyCuda(options, gpu.queue());
  AccuracyForwardArgs<float> args;
  args.x = gpu.Maps(kScores);
  args.labels = gpu.Maps(kLabels);
  args.accuracy = gpu.Floats(1);
  args.class_accuracy = gpu.Maps({kNumClasses, 1, 1});
  args.workspace = gpu.Bytes(kernel->forward_workspace_bytes());
  args.count = gpu.Floats(1);
  args.class_counts = gpu.Floats(kNumClasses);
  kernel->Forward(args);
}

}  // namespace cuda_judge
}  // namespace tamp
