// Forward makes one element of y after the other. Backward takes two kernels:
//
//   1. kMax finds the largest element of each window again and leaves its tap
//      in the workspace. Each window's dy goes to that one element, so the sums
//      over x are sums over windows. (kAverage only makes the sums.)
//   2. Each element of x collects dy from the windows that chose it. It reads
//      no other element of x, so that dx may be written over x.

#ifndef TAMP_LAYERS_FUSED_POOLING_FUSED_POOLING_CUDA_CUH_
#define TAMP_LAYERS_FUSED_POOLING_FUSED_POOLING_CUDA_CUH_

#include <cstdint>

#include "core/cuda/launch.h"
#include "kernels/cuda/finished_gradient.cuh"
#include "kernels/cuda/sums/block_sum.cuh"
#include "kernels/cuda/sums/channel_moments.cuh"
#include "kernels/cuda/sums/channel_sums.cuh"
#include "kernels/fused_norm.h"
#include "kernels/grad_mode.h"
#include "kernels/moments.h"
#include "kernels/pooling_axis.h"
#include "kernels/shared_statistics.h"
#include "kernels/strided.h"
#include "layers/fused_pooling/fused_pooling_kernel.h"

namespace tamp {

// z of one channel of x. A NaN stays one.
class RectifiedChannel {
 public:
  __device__ RectifiedChannel(const FusedNormTerms<const float>& terms,
                              int64_t channel)
      : scale_(terms.scale[channel]), shift_(terms.shift[channel]) {}

  // The multiply-add is spelled out so that all kernels round alike.
  __device__ float operator()(float x) const {
    const float value = fmaf(scale_, x, shift_);
    return value < 0 ? 0 : value;
  }

 private:
  const float scale_, shift_;
};

// The windows of a map, counted once.
struct PoolingWindows {
  PoolingAxis height, width;
  int64_t rows, columns;

  // The number of an element in the window (i, j), with the part in the pad.
  __device__ int64_t TapOf(int64_t i, int64_t j, int64_t h, int64_t w) const {
    return (h - i * height.stride + height.pad) * width.kernel + w -
           j * width.stride + width.pad;
  }
};

inline PoolingWindows WindowsOf(const FusedPoolingOptions& options) {
  return {options.height, options.width, options.height.num_windows(),
          options.width.num_windows()};
}

// The first of the largest elements of a window.
struct LargestElement {
  float x, z;
  int64_t tap;
};

__device__ inline LargestElement LargestOfWindow(const PoolingWindows& windows,
                                                 const RectifiedChannel& z,
                                                 const float* map,
                                                 int64_t window) {
  const int64_t i = window / windows.columns, j = window % windows.columns;
  const PoolingAxis::Window rows = windows.height.window(i);
  const PoolingAxis::Window columns = windows.width.window(j);
  LargestElement largest = {0, -1, 0};
  for (int64_t h = rows.begin; h < rows.end; ++h) {
    for (int64_t w = columns.begin; w < columns.end; ++w) {
      const float x = map[h * windows.width.extent + w], value = z(x);
      const bool is_nan = value != value;
      const bool has_nan = largest.z != largest.z;
      if (value > largest.z || (is_nan && !has_nan)) {
        largest = {x, value, windows.TapOf(i, j, h, w)};
      }
    }
  }
  return largest;
}

// kMax. A null `statistics` is not wanted.
__global__ void __launch_bounds__(kThreadsPerBlock)
    PoolMaxima(ChannelBlocks blocks, PoolingWindows windows,
               Strided<const float> x, FusedNormTerms<const float> terms,
               Strided<float> y, float* statistics) {
  const int64_t c = blocks.channel();
  const RectifiedChannel z(terms, c);
  const auto pool = [&](int64_t n, int64_t i) {
    const float value = LargestOfWindow(windows, z, x.at(n, c), i).z;
    y.at(n, c)[i] = value;
    return value;
  };
  if (statistics == nullptr) {
    ForEachOfPart(blocks, pool);
    return;
  }
  Moments all;
  if (!MomentsOfChannel(blocks, pool, &all) || threadIdx.x != 0) return;
  statistics[2 * c] = static_cast<float>(all.mean);
  statistics[2 * c + 1] = static_cast<float>(all.squares / all.count);
}

// kAverage: a warp a map.
__global__ void __launch_bounds__(kThreadsPerBlock)
    PoolMeans(FusedPoolingOptions o, Strided<const float> x,
              FusedNormTerms<const float> terms, Strided<float> y) {
  const int64_t num_warps = int64_t{gridDim.x} * (blockDim.x / kWarpSize);
  const int64_t thread = int64_t{blockIdx.x} * blockDim.x + threadIdx.x;
  const int64_t size = o.input_size(), lane = threadIdx.x % kWarpSize;
  for (int64_t map = thread / kWarpSize; map < o.num * o.channels;
       map += num_warps) {
    const int64_t n = map / o.channels, c = map % o.channels;
    const RectifiedChannel z(terms, c);
    double sum = 0;
    for (int64_t s = lane; s < size; s += kWarpSize) sum += z(x.at(n, c)[s]);
    sum = WarpSum(sum);
    if (lane == 0) *y.at(n, c) = static_cast<float>(sum / double(size));
  }
}

// Of y, behind kAverage.
__global__ void __launch_bounds__(kThreadsPerBlock, 2)
    StatisticsOfMeans(ChannelBlocks blocks, Strided<const float> y,
                      float* statistics) {
  const int64_t c = blocks.channel();
  Moments all;
  const bool is_last = MomentsOfChannel(
      blocks, [&](int64_t n, int64_t) { return *y.at(n, c); }, &all);
  if (!is_last || threadIdx.x != 0) return;
  statistics[2 * c] = static_cast<float>(all.mean);
  statistics[2 * c + 1] = static_cast<float>(all.squares / all.count);
}

// What backward reads, and the norm's gradients.
struct PoolingGradients {
  FusedPoolingOptions o;
  Strided<const float> x, y, g;
  FinishingTerms<const float> output_terms;  // null where g is finished
  FusedNormBackwardArgs<float> norm;
  FinishingTerms<float> input_terms;  // written where o.finishes_input
};

// Stores what follows from the sums of dz * mask and dz * mask * (x - mean).
__device__ inline void StoreSums(const PoolingGradients& gradients, int64_t c,
                                 const double (&sums)[2]) {
  const FusedPoolingOptions& o = gradients.o;
  const auto terms = FusedNormTermsAt(gradients.norm.terms, o.channels);
  const double dbeta = sums[0], dgamma = sums[1] * terms.inv_std[c];
  StoreFusedNormGrads(gradients.norm, c, dgamma, dbeta);
  if (!o.finishes_input) return;
  const double gamma = gradients.norm.gamma[c];
  const GradientTerms finishing =
      GradientTermsOf(terms.mean[c], terms.inv_std[c], gamma * dbeta,
                      gamma * dgamma, double(o.num) * double(o.input_size()));
  gradients.input_terms.p[c] = static_cast<float>(finishing.p);
  gradients.input_terms.q[c] = static_cast<float>(finishing.q);
  gradients.input_terms.r[c] = static_cast<float>(finishing.r);
}

// A tap that no element has: nothing passes through ReLU.
template <typename Tap>
constexpr Tap kNoTap = static_cast<Tap>(-1);

// kMax, step 1. taps: of all windows, in row-major order.
template <typename Tap>
__global__ void __launch_bounds__(kThreadsPerBlock, 2)
    ChooseMaxima(ChannelBlocks blocks, PoolingWindows windows,
                 PoolingGradients gradients, Tap* taps) {
  const int64_t c = blocks.channel(), channels = gradients.o.channels;
  const FusedNormTerms<const float> terms =
      FusedNormTermsAt(gradients.norm.terms, channels);
  const RectifiedChannel z(terms, c);
  const FinishedGradient dy(gradients.g, gradients.y, gradients.output_terms,
                            c);
  const float mean = terms.mean[c];
  double sums[2];
  const bool is_last = SumChannel(
      blocks,
      [&](int64_t n, int64_t i, float* run) {
        const LargestElement largest =
            LargestOfWindow(windows, z, gradients.x.at(n, c), i);
        const bool passes = largest.z > 0;
        taps[(n * channels + c) * windows.rows * windows.columns + i] =
            passes ? static_cast<Tap>(largest.tap) : kNoTap<Tap>;
        if (!passes) return;
        const float grad = dy.At(n, i);
        run[0] += grad;
        run[1] += grad * (largest.x - mean);
      },
      sums);
  if (is_last && threadIdx.x == 0) StoreSums(gradients, c, sums);
}

// dz * mask of one channel, kMax.
template <typename Tap>
struct MaximaGradient {
  PoolingWindows windows;
  const Tap* taps;

  __device__ float At(const PoolingGradients& gradients,
                      const FinishedGradient& dy, int64_t n, int64_t c,
                      int64_t s) const {
    const int64_t h = s / windows.width.extent, w = s % windows.width.extent;
    const Tap* map =
        taps + (n * gradients.o.channels + c) * windows.rows * windows.columns;
    const int64_t last_i = LastWindow(windows.height, windows.rows, h);
    const int64_t last_j = LastWindow(windows.width, windows.columns, w);
    float dz = 0;
    for (int64_t i = FirstWindow(windows.height, h); i <= last_i; ++i) {
      for (int64_t j = FirstWindow(windows.width, w); j <= last_j; ++j) {
        const int64_t window = i * windows.columns + j;
        if (map[window] == static_cast<Tap>(windows.TapOf(i, j, h, w))) {
          dz += dy.At(n, window);
        }
      }
    }
    return dz;
  }

 private:
  // The windows that an element is in.
  __device__ static int64_t FirstWindow(const PoolingAxis& axis,
                                        int64_t place) {
    const int64_t behind = place + axis.pad - axis.kernel;
    return behind < 0 ? 0 : behind / axis.stride + 1;
  }
  __device__ static int64_t LastWindow(const PoolingAxis& axis,
                                       int64_t num_windows, int64_t place) {
    const int64_t last = (place + axis.pad) / axis.stride;
    return last < num_windows ? last : num_windows - 1;
  }
};

// The same of kAverage.
struct MeansGradient {
  __device__ float At(const PoolingGradients& gradients,
                      const FinishedGradient& dy, int64_t n, int64_t c,
                      int64_t s) const {
    const RectifiedChannel z(
        FusedNormTermsAt(gradients.norm.terms, gradients.o.channels), c);
    if (!(z(gradients.x.at(n, c)[s]) > 0)) return 0;
    return dy.At(n, 0) / float(gradients.o.input_size());
  }
};

// kAverage, step 1.
__global__ void __launch_bounds__(kThreadsPerBlock, 2)
    SumMeansGradient(ChannelBlocks blocks, PoolingGradients gradients) {
  const int64_t c = blocks.channel();
  const FinishedGradient dy(gradients.g, gradients.y, gradients.output_terms,
                            c);
  const float mean =
      FusedNormTermsAt(gradients.norm.terms, gradients.o.channels).mean[c];
  double sums[2];
  const bool is_last = SumChannel(
      blocks,
      [&](int64_t n, int64_t s, float* run) {
        const float grad = MeansGradient().At(gradients, dy, n, c, s);
        run[0] += grad;
        run[1] += grad * (gradients.x.at(n, c)[s] - mean);
      },
      sums);
  if (is_last && threadIdx.x == 0) StoreSums(gradients, c, sums);
}

// Step 2. REQUIRES: mode is not kSkip, and not kAdd where o.finishes_input.
template <typename Gradient>
__global__ void __launch_bounds__(kThreadsPerBlock)
    StorePoolingGradient(ChannelBlocks blocks, PoolingGradients gradients,
                         Gradient gradient, GradMode mode, Strided<float> dx) {
  const int64_t c = blocks.channel();
  const FinishedGradient dy(gradients.g, gradients.y, gradients.output_terms,
                            c);
  const bool finishes = gradients.o.finishes_input;
  const FinishingTerms<float>& terms = gradients.input_terms;
  const float p = finishes ? terms.p[c] : 1, q = finishes ? terms.q[c] : 0,
              r = finishes ? terms.r[c] : 0;
  const float factor = p * gradients.norm.gamma[c];
  ForEachOfPart(blocks, [&](int64_t n, int64_t s) {
    float grad = factor * gradient.At(gradients, dy, n, c, s);
    if (finishes) grad += q * gradients.x.at(n, c)[s] + r;
    StoreGrad(mode, grad, dx.at(n, c) + s);
  });
}

}  // namespace tamp

#endif  // TAMP_LAYERS_FUSED_POOLING_FUSED_POOLING_CUDA_CUH_
