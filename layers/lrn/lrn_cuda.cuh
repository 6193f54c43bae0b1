// A thread takes an element, and adds up its neighborhood.

#ifndef TAMP_LAYERS_LRN_LRN_CUDA_CUH_
#define TAMP_LAYERS_LRN_LRN_CUDA_CUH_

#include <cmath>
#include <cstdint>

#include "core/cuda/grid_loop.cuh"
#include "core/cuda/launch.h"
#include "kernels/grad_mode.h"
#include "layers/lrn/lrn_kernel.h"

namespace tamp {

// Calls function(image, channel, position, index in row-major order).
template <typename Function>
__device__ void ForEachLrnElementOfGrid(const LrnOptions& o,
                                        const Function& function) {
  const int64_t map = o.height * o.width;
  ForEachOfGrid(o.num * o.channels * map, [&](int64_t i) {
    const int64_t plane = i / map;
    function(plane / o.channels, plane % o.channels, i % map, i);
  });
}

// The neighbors of a place along an axis: begin to end - 1.
struct LrnRange {
  int64_t begin, end;
};

__device__ inline LrnRange RangeAround(const LrnOptions& o, int64_t center,
                                       int64_t extent) {
  const int64_t reach = o.local_size / 2;
  return {center > reach ? center - reach : 0,
          center + reach < extent ? center + reach + 1 : extent};
}

// The sum of term(channel, position) over the neighborhood of an element.
template <typename Term>
__device__ float SumOfNeighbors(const LrnOptions& o, int64_t c, int64_t s,
                                const Term& term) {
  float sum = 0;
  if (o.region == LrnOptions::Region::kAcrossChannels) {
    const LrnRange channels = RangeAround(o, c, o.channels);
    for (int64_t d = channels.begin; d < channels.end; ++d) sum += term(d, s);
    return sum;
  }
  const LrnRange rows = RangeAround(o, s / o.width, o.height);
  const LrnRange columns = RangeAround(o, s % o.width, o.width);
  for (int64_t h = rows.begin; h < rows.end; ++h) {
    for (int64_t w = columns.begin; w < columns.end; ++w) {
      sum += term(c, h * o.width + w);
    }
  }
  return sum;
}

// alpha: alpha / n.
__global__ void __launch_bounds__(kThreadsPerBlock)
    NormalizeByNeighbors(LrnOptions o, float alpha,
                         LrnForwardArgs<float> args) {
  ForEachLrnElementOfGrid(o, [&](int64_t n, int64_t c, int64_t s, int64_t i) {
    const float squares = SumOfNeighbors(o, c, s, [&](int64_t d, int64_t t) {
      const float x = args.x.at(n, d)[t];
      return x * x;
    });
    const float scale = o.k + alpha * squares;
    args.scale[i] = scale;
    args.y.at(n, c)[s] = args.x.at(n, c)[s] * powf(scale, -o.beta);
  });
}

// terms = dy * y / scale, in row-major order, of which the next kernel adds up
// neighborhoods.
__global__ void __launch_bounds__(kThreadsPerBlock)
    LrnGradientTerms(LrnOptions o, LrnBackwardArgs<float> args, float* terms) {
  ForEachLrnElementOfGrid(o, [&](int64_t n, int64_t c, int64_t s, int64_t i) {
    const float scale = args.scale[i];
    terms[i] =
        args.dy.at(n, c)[s] * powf(scale, -o.beta) * args.x.at(n, c)[s] / scale;
  });
}

// factor: 2 alpha beta / n. REQUIRES: dx_mode is not kSkip.
__global__ void __launch_bounds__(kThreadsPerBlock)
    LrnGradients(LrnOptions o, float factor, LrnBackwardArgs<float> args,
                 const float* terms) {
  ForEachLrnElementOfGrid(o, [&](int64_t n, int64_t c, int64_t s, int64_t i) {
    const float sum = SumOfNeighbors(o, c, s, [&](int64_t d, int64_t t) {
      return terms[i + (d - c) * o.height * o.width + (t - s)];
    });
    const float direct = args.dy.at(n, c)[s] * powf(args.scale[i], -o.beta);
    StoreGrad(args.dx_mode, direct - factor * args.x.at(n, c)[s] * sum,
              args.dx.at(n, c) + s);
  });
}

}  // namespace tamp

#endif  // TAMP_LAYERS_LRN_LRN_CUDA_CUH_
