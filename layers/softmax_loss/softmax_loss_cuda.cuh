// A warp takes a line. Losses and counted lines are added up by each block, and
// then over the blocks by one, so in the same order each time.

#ifndef TAMP_LAYERS_SOFTMAX_LOSS_SOFTMAX_LOSS_CUDA_CUH_
#define TAMP_LAYERS_SOFTMAX_LOSS_SOFTMAX_LOSS_CUDA_CUH_

#include <cmath>
#include <cstdint>

#include "core/cuda/grid_loop.cuh"
#include "core/cuda/launch.h"
#include "kernels/cuda/class_of_label.cuh"
#include "kernels/cuda/sums/block_sum.cuh"
#include "kernels/cuda/sums/warp_lines.cuh"
#include "kernels/extents.h"
#include "kernels/grad_mode.h"
#include "layers/softmax_loss/softmax_loss_kernel.h"

namespace tamp {

// Of a part of the lines.
struct LossSum {
  double loss, counted;
};

// Of the scores of a line, in all lanes.
struct ScoreSums {
  float largest;
  double powers, below;  // sums of exp(x - largest) and of x - largest
};

// Stores the probabilities of a line.
__device__ inline ScoreSums NormalizeLine(
    const SoftmaxLossOptions& o, const SoftmaxLossForwardArgs<float>& args,
    int64_t i, int lane) {
  const int64_t classes = o.lines.length;
  const auto x = LineOf(o.lines, args.x, i);
  float* p = args.probabilities + i * classes;
  ScoreSums sums = {-INFINITY, 0, 0};
  for (int64_t k = lane; k < classes; k += kWarpSize) {
    sums.largest = fmaxf(sums.largest, x[k]);
  }
  sums.largest = LargestOfLanes(sums.largest);
  for (int64_t k = lane; k < classes; k += kWarpSize) {
    const float below = x[k] - sums.largest;
    p[k] = expf(below);
    sums.powers += p[k];
    sums.below += below;
  }
  sums.powers = SumOfLanes(sums.powers);
  sums.below = SumOfLanes(sums.below);
  const float inverse = static_cast<float>(1 / sums.powers);
  for (int64_t k = lane; k < classes; k += kWarpSize) {
    p[k] *= inverse;
    if (args.y.data != nullptr) LineOf(o.lines, args.y, i)[k] = p[k];
  }
  return sums;
}

// -sum_k t_k log p_k, with the constant part of log p_k taken out.
__device__ inline double LossOfLine(const SoftmaxLossOptions& o,
                                    const ScoreSums& sums, float x_label) {
  const double smoothing = o.label_smoothing;
  double loss = log(sums.powers) - (1 - smoothing) * (x_label - sums.largest);
  if (smoothing > 0) loss -= smoothing * sums.below / o.lines.length;
  return loss;
}

// sums: one a block.
__global__ void __launch_bounds__(kThreadsPerBlock)
    SoftmaxLossLines(SoftmaxLossOptions o, SoftmaxLossForwardArgs<float> args,
                     LossSum* sums) {
  double loss_and_count[2] = {0, 0};
  ForEachLine(o.lines.count(), [&](int64_t i, int lane) {
    const ScoreSums scores = NormalizeLine(o, args, i, lane);
    const float label = *ElementAt(args.labels, o.labels, i);
    if (lane > 0 || IsIgnored(o, label)) return;
    const int64_t k = ClassOfLabelOrAbort(label, o.lines.length);
    loss_and_count[0] += LossOfLine(o, scores, LineOf(o.lines, args.x, i)[k]);
    ++loss_and_count[1];
  });
  BlockSum(loss_and_count);
  if (threadIdx.x > 0) return;
  sums[blockIdx.x] = {loss_and_count[0], loss_and_count[1]};
}

__device__ inline double NormalizerOf(double count) { return fmax(count, 1.0); }

// One block.
__global__ void __launch_bounds__(kThreadsPerBlock)
    DivideLoss(double fixed_normalizer, const LossSum* sums, int64_t num_sums,
               float* loss, float* count) {
  double loss_and_count[2] = {0, 0};
  ForEachOfBlock(num_sums, [&](int64_t i) {
    loss_and_count[0] += sums[i].loss;
    loss_and_count[1] += sums[i].counted;
  });
  BlockSum(loss_and_count);
  if (threadIdx.x > 0) return;
  const double all =
      fixed_normalizer > 0 ? fixed_normalizer : loss_and_count[1];
  *loss = static_cast<float>(loss_and_count[0] / NormalizerOf(all));
  if (count != nullptr) *count = static_cast<float>(all);
}

// counts: one a block.
__global__ void __launch_bounds__(kThreadsPerBlock)
    CountLines(SoftmaxLossOptions o, Strided<const float> labels,
               double* counts) {
  double counted = 0;
  ForEachOfGrid(o.lines.count(), [&](int64_t i) {
    counted += !IsIgnored(o, *ElementAt(labels, o.labels, i));
  });
  counted = BlockSum(counted);
  if (threadIdx.x == 0) counts[blockIdx.x] = counted;
}

// What the gradient of the sum of all losses is multiplied by, for all threads
// of a block.
__device__ inline float GradientScale(const float* dloss, double fixed_count,
                                      const double* counts,
                                      int64_t num_counts) {
  double counted = 0;
  ForEachOfBlock(num_counts, [&](int64_t i) { counted += counts[i]; });
  counted = fixed_count + BlockSum(counted);
  if (dloss == nullptr) return 0;
  return static_cast<float>(*dloss / NormalizerOf(counted));
}

// The lines that count are fixed_count and all counts. REQUIRES: dx_mode is not
// kSkip.
__global__ void __launch_bounds__(kThreadsPerBlock)
    SoftmaxLossGradients(SoftmaxLossOptions o,
                         SoftmaxLossBackwardArgs<float> args,
                         double fixed_count, const double* counts,
                         int64_t num_counts) {
  const float scale =
      GradientScale(args.dloss, fixed_count, counts, num_counts);
  const int64_t classes = o.lines.length;
  const float rest = o.label_smoothing / static_cast<float>(classes);
  ForEachLine(o.lines.count(), [&](int64_t i, int lane) {
    const float* p = args.probabilities + i * classes;
    const float label = *ElementAt(args.labels, o.labels, i);
    const bool is_ignored = IsIgnored(o, label);
    const int64_t true_class =
        is_ignored ? -1 : ClassOfLabelOrAbort(label, classes);
    const bool has_dy = args.dy.data != nullptr;
    const auto dy = has_dy ? LineOf(o.lines, args.dy, i) : Line<const float>();
    float mean = 0;
    if (has_dy) {
      for (int64_t k = lane; k < classes; k += kWarpSize) mean += p[k] * dy[k];
      mean = SumOfLanes(mean);
    }
    const auto dx = LineOf(o.lines, args.dx, i);
    for (int64_t k = lane; k < classes; k += kWarpSize) {
      const float target =
          k == true_class ? 1 - o.label_smoothing + rest : rest;
      float grad = is_ignored ? 0 : scale * (p[k] - target);
      if (has_dy) grad += p[k] * (dy[k] - mean);
      StoreGrad(args.dx_mode, grad, &dx[k]);
    }
  });
}

}  // namespace tamp

#endif  // TAMP_LAYERS_SOFTMAX_LOSS_SOFTMAX_LOSS_CUDA_CUH_
