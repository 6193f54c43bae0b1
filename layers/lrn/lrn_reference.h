// Local response normalization in plain loops: the definition that fast kernels
// are held against.

#ifndef TAMP_LAYERS_LRN_LRN_REFERENCE_H_
#define TAMP_LAYERS_LRN_LRN_REFERENCE_H_

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "kernels/grad_mode.h"
#include "layers/lrn/lrn_kernel.h"

namespace tamp {

// Calls visit(channel, position) for each element of the neighborhood of an
// element.
template <typename Visit>
void ForEachNeighbor(const LrnOptions& o, int64_t c, int64_t s, Visit visit) {
  const int64_t reach = o.local_size / 2;
  if (o.region == LrnOptions::Region::kAcrossChannels) {
    for (int64_t d = 0; d < o.channels; ++d) {
      if (std::abs(d - c) <= reach) visit(d, s);
    }
    return;
  }
  for (int64_t h = 0; h < o.height; ++h) {
    for (int64_t w = 0; w < o.width; ++w) {
      if (std::abs(h - s / o.width) <= reach &&
          std::abs(w - s % o.width) <= reach) {
        visit(c, h * o.width + w);
      }
    }
  }
}

// Calls visit(image, channel, position, index in row-major order).
template <typename Visit>
void ForEachLrnElement(const LrnOptions& o, Visit visit) {
  int64_t index = 0;
  for (int64_t n = 0; n < o.num; ++n) {
    for (int64_t c = 0; c < o.channels; ++c) {
      for (int64_t s = 0; s < o.height * o.width; ++s) visit(n, c, s, index++);
    }
  }
}

template <typename T>
void LrnForwardReference(const LrnOptions& o, const LrnForwardArgs<T>& args) {
  ForEachLrnElement(o, [&](int64_t n, int64_t c, int64_t s, int64_t index) {
    double sum = 0;
    ForEachNeighbor(o, c, s, [&](int64_t d, int64_t t) {
      sum += double(args.x.at(n, d)[t]) * args.x.at(n, d)[t];
    });
    const double scale = o.k + o.alpha_per_element() * sum;
    args.scale[index] = scale;
    args.y.at(n, c)[s] = args.x.at(n, c)[s] * std::pow(scale, -double(o.beta));
  });
}

template <typename T>
void LrnBackwardReference(const LrnOptions& o, const LrnBackwardArgs<T>& args) {
  if (args.dx_mode == GradMode::kSkip) return;
  const int64_t map = o.height * o.width;
  ForEachLrnElement(o, [&](int64_t n, int64_t c, int64_t s, int64_t index) {
    double sum = 0;
    ForEachNeighbor(o, c, s, [&](int64_t d, int64_t t) {
      const double scale = args.scale[(n * o.channels + d) * map + t];
      sum += args.dy.at(n, d)[t] * args.x.at(n, d)[t] *
             std::pow(scale, -double(o.beta) - 1);
    });
    const double direct =
        args.dy.at(n, c)[s] * std::pow(args.scale[index], -double(o.beta));
    const double shared =
        2 * o.alpha_per_element() * o.beta * args.x.at(n, c)[s] * sum;
    StoreGrad<T>(args.dx_mode, direct - shared, args.dx.at(n, c) + s);
  });
}

}  // namespace tamp

#endif  // TAMP_LAYERS_LRN_LRN_REFERENCE_H_
