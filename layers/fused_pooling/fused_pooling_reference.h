// Pooling with its batch norm and ReLU in plain loops: the definition that fast
// kernels are held against. Sums run in double.

#ifndef TAMP_LAYERS_FUSED_POOLING_FUSED_POOLING_REFERENCE_H_
#define TAMP_LAYERS_FUSED_POOLING_FUSED_POOLING_REFERENCE_H_

#include <cmath>
#include <cstdint>
#include <vector>

#include "kernels/grad_mode.h"
#include "kernels/shared_statistics.h"
#include "layers/fused_pooling/fused_pooling_kernel.h"

namespace tamp {

// Calls visit(position in x) for all elements of window i of a channel.
template <typename Visit>
void ForEachOfWindow(const FusedPoolingOptions& o, int64_t i, Visit visit) {
  const PoolingAxis::Window rows = o.height.window(i / o.width.num_windows());
  const PoolingAxis::Window columns = o.width.window(i % o.width.num_windows());
  for (int64_t h = rows.begin; h < rows.end; ++h) {
    for (int64_t w = columns.begin; w < columns.end; ++w) {
      visit(h * o.width.extent + w);
    }
  }
}

// z, in the precision of T.
template <typename Args>
auto RectifiedElement(const Args& args, int64_t n, int64_t c, int64_t s) {
  auto z = args.scale[c] * args.x.at(n, c)[s] + args.shift[c];
  return z < 0 ? 0 : z;
}

inline bool IsLarger(double a, double b) {
  return a > b || (std::isnan(a) && !std::isnan(b));
}

// The position of the first of the largest z of window i.
template <typename Args>
int64_t LargestOfWindow(const FusedPoolingOptions& o, const Args& args,
                        int64_t n, int64_t c, int64_t i) {
  int64_t best = -1;
  ForEachOfWindow(o, i, [&](int64_t s) {
    if (best < 0 || IsLarger(RectifiedElement(args, n, c, s),
                             RectifiedElement(args, n, c, best))) {
      best = s;
    }
  });
  return best;
}

template <typename T>
void FusedPoolingStatisticsReference(const FusedPoolingOptions& o,
                                     const FusedPoolingForwardArgs<T>& args,
                                     int64_t c) {
  const double count = double(o.num) * double(o.output_size());
  double sum = 0, squares = 0;
  for (int64_t n = 0; n < o.num; ++n) {
    for (int64_t i = 0; i < o.output_size(); ++i) sum += args.y.at(n, c)[i];
  }
  const double mean = sum / count;
  for (int64_t n = 0; n < o.num; ++n) {
    for (int64_t i = 0; i < o.output_size(); ++i) {
      const double deviation = args.y.at(n, c)[i] - mean;
      squares += deviation * deviation;
    }
  }
  args.mean[c] = T(mean);
  args.variance[c] = T(squares / count);
}

template <typename T>
void FusedPoolingForwardReference(const FusedPoolingOptions& o,
                                  const FusedPoolingForwardArgs<T>& args) {
  const bool is_max = o.method == FusedPoolingOptions::Method::kMax;
  for (int64_t c = 0; c < o.channels; ++c) {
    for (int64_t n = 0; n < o.num; ++n) {
      for (int64_t i = 0; i < o.output_size(); ++i) {
        double sum = 0;
        ForEachOfWindow(
            o, i, [&](int64_t s) { sum += RectifiedElement(args, n, c, s); });
        args.y.at(n, c)[i] =
            is_max ? RectifiedElement(args, n, c,
                                      LargestOfWindow(o, args, n, c, i))
                   : T(sum / double(o.input_size()));
      }
    }
    if (o.has_statistics) FusedPoolingStatisticsReference(o, args, c);
  }
}

// dz of one map.
template <typename T>
std::vector<double> PooledGradient(const FusedPoolingOptions& o,
                                   const FusedPoolingBackwardArgs<T>& args,
                                   int64_t n, int64_t c) {
  std::vector<double> dz(o.input_size());
  for (int64_t i = 0; i < o.output_size(); ++i) {
    double dy = args.g.at(n, c)[i];
    if (args.p != nullptr) {
      dy = args.p[c] * dy + args.q[c] * args.y.at(n, c)[i] + args.r[c];
    }
    if (o.method == FusedPoolingOptions::Method::kMax) {
      dz[LargestOfWindow(o, args, n, c, i)] += dy;
    } else {
      ForEachOfWindow(o, i,
                      [&](int64_t s) { dz[s] += dy / double(o.input_size()); });
    }
  }
  return dz;
}

// Calls visit(n, s, dz * mask) for all elements of channel c.
template <typename T, typename Visit>
void ForEachMaskedGradient(const FusedPoolingOptions& o,
                           const FusedPoolingBackwardArgs<T>& args, int64_t c,
                           Visit visit) {
  for (int64_t n = 0; n < o.num; ++n) {
    const std::vector<double> dz = PooledGradient(o, args, n, c);
    for (int64_t s = 0; s < o.input_size(); ++s) {
      visit(n, s, RectifiedElement(args, n, c, s) > 0 ? dz[s] : 0.0);
    }
  }
}

// dx must not lie where x does.
template <typename T>
void FusedPoolingBackwardReference(const FusedPoolingOptions& o,
                                   const FusedPoolingBackwardArgs<T>& args) {
  const double count = double(o.num) * double(o.input_size());
  for (int64_t c = 0; c < o.channels; ++c) {
    double dgamma = 0, dbeta = 0;
    ForEachMaskedGradient(o, args, c, [&](int64_t n, int64_t s, double dz) {
      dgamma += dz * (args.x.at(n, c)[s] - args.mean[c]) * args.inv_std[c];
      dbeta += dz;
    });
    args.dgamma[c] = T(dgamma);
    args.dbeta[c] = T(dbeta);
    if (args.dx_mode == GradMode::kSkip) continue;
    GradientTerms terms = {1, 0, 0};
    if (o.finishes_input) {
      terms =
          GradientTermsOf(args.mean[c], args.inv_std[c], args.gamma[c] * dbeta,
                          args.gamma[c] * dgamma, count);
    }
    ForEachMaskedGradient(o, args, c, [&](int64_t n, int64_t s, double dz) {
      const double dx =
          terms.p * args.gamma[c] * dz + terms.q * args.x.at(n, c)[s] + terms.r;
      StoreGrad(args.dx_mode, T(dx), args.dx.at(n, c) + s);
    });
  }
}

}  // namespace tamp

#endif  // TAMP_LAYERS_FUSED_POOLING_FUSED_POOLING_REFERENCE_H_
