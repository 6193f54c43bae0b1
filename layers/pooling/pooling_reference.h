// Pooling in plain loops: the definition that fast kernels are held against.

#ifndef TAMP_LAYERS_POOLING_POOLING_REFERENCE_H_
#define TAMP_LAYERS_POOLING_POOLING_REFERENCE_H_

#include <cmath>
#include <cstdint>

#include "kernels/grad_mode.h"
#include "layers/pooling/pooling_kernel.h"

namespace tamp {

// Calls visit(n, c, output index within the channel, rows, columns) for each
// window.
template <typename Visit>
void ForEachWindow(const PoolingOptions& o, Visit visit) {
  for (int64_t n = 0; n < o.num; ++n) {
    for (int64_t c = 0; c < o.channels; ++c) {
      for (int64_t i = 0; i < o.height.num_windows(); ++i) {
        for (int64_t j = 0; j < o.width.num_windows(); ++j) {
          visit(n, c, i * o.width.num_windows() + j, o.height.window(i),
                o.width.window(j));
        }
      }
    }
  }
}

template <typename T>
void PoolingForwardReference(const PoolingOptions& o,
                             const PoolingForwardArgs<T>& args) {
  int64_t output = 0;
  ForEachWindow(o, [&](int64_t n, int64_t c, int64_t index,
                       PoolingAxis::Window rows, PoolingAxis::Window columns) {
    const T* x = args.x.at(n, c);
    int64_t best = rows.begin * o.width.extent + columns.begin;
    T sum = 0;
    for (int64_t h = rows.begin; h < rows.end; ++h) {
      for (int64_t w = columns.begin; w < columns.end; ++w) {
        const int64_t s = h * o.width.extent + w;
        sum += x[s];
        if (x[s] > x[best] || (std::isnan(x[s]) && !std::isnan(x[best]))) {
          best = s;
        }
      }
    }
    if (o.method == PoolingOptions::Method::kMax) {
      args.argmax[output++] = static_cast<int32_t>(best);
      args.y.at(n, c)[index] = x[best];
    } else {
      args.y.at(n, c)[index] = sum / (rows.size * columns.size);
    }
  });
}

template <typename T>
void PoolingBackwardReference(const PoolingOptions& o,
                              const PoolingBackwardArgs<T>& args) {
  if (args.dx_mode == GradMode::kSkip) return;
  if (args.dx_mode == GradMode::kWrite) {
    for (int64_t n = 0; n < o.num; ++n) {
      for (int64_t c = 0; c < o.channels; ++c) {
        for (int64_t s = 0; s < o.height.extent * o.width.extent; ++s) {
          args.dx.at(n, c)[s] = 0;
        }
      }
    }
  }
  int64_t output = 0;
  ForEachWindow(o, [&](int64_t n, int64_t c, int64_t index,
                       PoolingAxis::Window rows, PoolingAxis::Window columns) {
    const T dy = args.dy.at(n, c)[index];
    if (o.method == PoolingOptions::Method::kMax) {
      args.dx.at(n, c)[args.argmax[output++]] += dy;
      return;
    }
    for (int64_t h = rows.begin; h < rows.end; ++h) {
      for (int64_t w = columns.begin; w < columns.end; ++w) {
        args.dx.at(n, c)[h * o.width.extent + w] +=
            dy / (rows.size * columns.size);
      }
    }
  });
}

}  // namespace tamp

#endif  // TAMP_LAYERS_POOLING_POOLING_REFERENCE_H_
