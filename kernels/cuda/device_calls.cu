#include <cstdint>

#include "core/philox.h"
#include "kernels/axis_lines.h"
#include "kernels/axis_part.h"
#include "kernels/bf16.h"
#include "kernels/broadcast.h"
#include "kernels/copy_kernel.h"
#include "kernels/cuda/device_calls.h"
#include "kernels/dropout_mask.h"
#include "kernels/elementwise_kernel.h"
#include "kernels/extents.h"
#include "kernels/fused_norm.h"
#include "kernels/grad_mode.h"
#include "kernels/moments.h"
#include "kernels/pooling_axis.h"
#include "kernels/sgd_kernel.h"
#include "kernels/shared_statistics.h"
#include "kernels/strided.h"

namespace tamp {
namespace cuda {
namespace {

// All that the functions below are given: known only when the kernel runs, so
// that none of them is computed away.
struct Arguments {
  Strided<float> x;
  float* out;
  int64_t index;
  AxisLines lines;
  AxisPart part;
  Broadcast broadcast;
  DropoutMask mask;
  PoolingAxis pooling;
  FusedNormForwardArgs<float> forward_norm;
  FusedNormBackwardArgs<float> norm;
  FinishingArgs<float> finishing;
  Moments moments;
  GradMode mode;
};

__device__ void CallPlaces(const Arguments& a) {
  const Strided<const float> x = a.x;
  const Extents merged = MergedRows(a.broadcast.x, x, a.x);
  a.out[0] = *ElementAt(x, merged, a.index);
  a.out[merged.count()] = *x.at(a.index, a.index);
  a.out[a.lines.count()] = *a.lines.first(x, a.index);
  a.out[a.lines.stride(x)] = *a.part.In(x).data;
  a.out[a.part.whole_to_part().x_row_pitch] = 1;
  a.out[a.pooling.num_windows()] = float(a.pooling.window(a.index).size);
  a.out[a.pooling.windows_over(a.index).begin] = 1;
}

__device__ void CallBroadcast(const Arguments& a) {
  a.out[a.broadcast.size()] = 1;
  a.broadcast.ForEachRun(a.index, [&](int64_t k, int64_t begin, int64_t count) {
    a.out[begin] += float(k * count);
  });
  a.broadcast.ForEachPart(a.index, [&](int64_t image, int64_t channel,
                                       int64_t begin, int64_t count) {
    *a.x.at(image, channel) += float(begin * count);
  });
}

__device__ void CallNumbers(const Arguments& a) {
  const PhiloxBlock block = Philox(a.mask.key, a.mask.step, a.index);
  a.out[0] += float(block[a.index]) * a.mask.Factor(a.index);
  a.out[1] += FromBf16(ToBf16(a.out[0])) + RoundToBf16(a.out[2]);
  Moments all = a.moments;
  AddMoments(a.moments, &all);
  StoreGrad(a.mode, float(all.mean), a.out);
}

__device__ void CallNorms(const Arguments& a) {
  const Moments& m = a.moments;
  const NormTerms norm =
      NormTermsOf(m.mean, m.squares, 1e-5, a.out[0], a.out[1]);
  const double inv_std = InverseDeviation(m.squares, 1e-5);
  const GradientTerms gradient =
      GradientTermsOf(m.mean, inv_std, norm.scale, norm.shift, m.count);
  const RunningShares shares = NextRunningShares(gradient.p, a.out + 2);
  UpdateRunningStatistics(shares, m.count, gradient.q, gradient.r, a.out + 3,
                          a.out + 4);
  if (WantsSums(a.norm)) a.out[NumFusedNormTerms(a.index)] = 1;
  *FusedNormTermsAt(a.out, a.index).inv_std = 1;
  a.out[NumFinishingTerms(a.index)] = 1;
  *FinishingTermsAt(a.out, a.index).r = 1;
}

__device__ void CallNormsOfChannels(const Arguments& a) {
  const int64_t c = a.index;
  if (MovesRunningStatistics(a.forward_norm)) a.out[0] = 1;
  PrepareNormOfChannel(a.forward_norm, {a.moments.mean, a.moments.squares}, c,
                       c, c);
  StoreGradUnlessSkipped(a.mode, a.moments.mean, a.out, c);
  StoreFusedNormGrads(a.norm, c, a.moments.mean, a.moments.squares);
  PrepareFinishingOfChannel(a.finishing, c, c, FinishingTermsAt(a.out, c));
}

__global__ void CallAll(Arguments a) {
  CallPlaces(a);
  CallBroadcast(a);
  CallNumbers(a);
  CallNorms(a);
  CallNormsOfChannels(a);
}

}  // namespace

const void* DeviceCalls() { return reinterpret_cast<const void*>(&CallAll); }

}  // namespace cuda
}  // namespace tamp
