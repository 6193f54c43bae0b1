// A warp takes a line. Lines are counted by atomic operations: whole numbers,
// so that their order does not matter.

#ifndef TAMP_LAYERS_ACCURACY_ACCURACY_CUDA_CUH_
#define TAMP_LAYERS_ACCURACY_ACCURACY_CUDA_CUH_

#include <cmath>
#include <cstdint>

#include "core/cuda/grid_loop.cuh"
#include "core/cuda/launch.h"
#include "core/label.h"
#include "kernels/cuda/class_of_label.cuh"
#include "kernels/cuda/sums/block_sum.cuh"
#include "kernels/cuda/sums/warp_lines.cuh"
#include "kernels/extents.h"
#include "layers/accuracy/accuracy_kernel.h"

namespace tamp {

// The lines of a class.
struct LineCounts {
  unsigned long long counted, right;
};

// In all lanes.
__device__ inline bool IsRightLine(const AccuracyOptions& o,
                                   const Line<const float>& x,
                                   int64_t true_class, int lane) {
  const float score = x[true_class];
  bool is_finite = score > -INFINITY;
  int not_below = 0;
  for (int64_t k = lane; k < o.lines.length; k += kWarpSize) {
    is_finite &= x[k] < INFINITY;  // a NaN is not
    not_below += k != true_class && !(x[k] < score);
  }
  return __all_sync(kAllLanes, is_finite) != 0 &&
         SumOfLanes(not_below) < o.top_k;
}

// Adds to the counts, which are one a class.
__global__ void __launch_bounds__(kThreadsPerBlock)
    CountRightLines(AccuracyOptions o, Strided<const float> x,
                    Strided<const float> labels, LineCounts* counts) {
  ForEachLine(o.lines.count(), [&](int64_t i, int lane) {
    const float label = *ElementAt(labels, o.labels, i);
    if (IsIgnoredLabel(label, o.has_ignore_label, o.ignore_label)) return;
    const int64_t true_class = ClassOfLabelOrAbort(label, o.lines.length);
    const bool is_right =
        IsRightLine(o, LineOf(o.lines, x, i), true_class, lane);
    if (lane > 0) return;
    atomicAdd(&counts[true_class].counted, 1ull);
    if (is_right) atomicAdd(&counts[true_class].right, 1ull);
  });
}

__device__ inline float ShareOfRight(double right, double counted) {
  return counted == 0 ? 0 : static_cast<float>(right / counted);
}

// One block.
__global__ void __launch_bounds__(kThreadsPerBlock)
    DivideCounts(int64_t classes, const LineCounts* counts,
                 AccuracyForwardArgs<float> args) {
  double right_and_counted[2] = {0, 0};
  ForEachOfBlock(classes, [&](int64_t k) {
    const double right = static_cast<double>(counts[k].right);
    const double counted = static_cast<double>(counts[k].counted);
    right_and_counted[0] += right;
    right_and_counted[1] += counted;
    if (args.class_accuracy.data == nullptr) return;
    *args.class_accuracy.at(k, 0) = ShareOfRight(right, counted);
    args.class_counts[k] = static_cast<float>(counted);
  });
  BlockSum(right_and_counted);
  if (threadIdx.x > 0) return;
  *args.accuracy = ShareOfRight(right_and_counted[0], right_and_counted[1]);
  *args.count = static_cast<float>(right_and_counted[1]);
}

}  // namespace tamp

#endif  // TAMP_LAYERS_ACCURACY_ACCURACY_CUDA_CUH_
