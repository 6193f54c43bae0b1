// Pooling with its batch norm and ReLU in plain loops: the definition that fast
// kernels are held against. Sums run in double.

#ifndef TAMP_LAYERS_FUSED_POOLING_FUSED_POOLING_REFERENCE_H_
#define TAMP_LAYERS_FUSED_POOLING_FUSED_POOLING_REFERENCE_H_

#include <cmath>
#include <cstdint>
#include <vector>

#include "kernels/fused_norm.h"
#include "kernels/fused_norm_reference.h"
#include "kernels/grad_mode.h"
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

// z, in the precision of T. The norm's terms must be there.
template <typename Args>
auto RectifiedElement(const FusedPoolingOptions& o, const Args& args, int64_t n,
                      int64_t c, int64_t s) {
  const auto terms = FusedNormTermsAt(args.norm.terms, o.channels);
  auto z = terms.scale[c] * args.x.at(n, c)[s] + terms.shift[c];
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
    if (best < 0 || IsLarger(RectifiedElement(o, args, n, c, s),
                             RectifiedElement(o, args, n, c, best))) {
      best = s;
    }
  });
  return best;
}

template <typename T>
void FusedPoolingForwardReference(const FusedPoolingOptions& o,
                                  const FusedPoolingForwardArgs<T>& args) {
  const bool is_max = o.method == FusedPoolingOptions::Method::kMax;
  PrepareFusedNormReference(args.norm, o.channels, o.num * o.input_size());
  for (int64_t c = 0; c < o.channels; ++c) {
    for (int64_t n = 0; n < o.num; ++n) {
      for (int64_t i = 0; i < o.output_size(); ++i) {
        double sum = 0;
        ForEachOfWindow(o, i, [&](int64_t s) {
          sum += RectifiedElement(o, args, n, c, s);
        });
        args.y.at(n, c)[i] =
            is_max ? RectifiedElement(o, args, n, c,
                                      LargestOfWindow(o, args, n, c, i))
                   : T(sum / double(o.input_size()));
      }
    }
    if (!o.has_statistics) continue;
    OutputStatisticsReference(args.y, o.num, o.output_size(), c,
                              args.statistics);
  }
}

// dz of one map.
template <typename T>
std::vector<double> PooledGradient(const FusedPoolingOptions& o,
                                   const FusedPoolingBackwardArgs<T>& args,
                                   int64_t n, int64_t c) {
  const double count = double(o.num) * double(o.output_size());
  std::vector<double> dz(o.input_size());
  for (int64_t i = 0; i < o.output_size(); ++i) {
    double dy = args.g.at(n, c)[i];
    if (args.finishing.statistics != nullptr) {
      dy = FinishedGradReference(args.finishing, c, count, dy,
                                 args.y.at(n, c)[i]);
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
      visit(n, s, RectifiedElement(o, args, n, c, s) > 0 ? dz[s] : 0.0);
    }
  }
}

// dx must not lie where x does.
template <typename T>
void FusedPoolingBackwardReference(const FusedPoolingOptions& o,
                                   const FusedPoolingBackwardArgs<T>& args) {
  const double count = double(o.num) * double(o.input_size());
  const auto norm = FusedNormTermsAt(args.norm.terms, o.channels);
  for (int64_t c = 0; c < o.channels; ++c) {
    const double gamma = args.norm.gamma[c], inv_std = norm.inv_std[c];
    const auto x_hat = [&](int64_t n, int64_t s) {
      return (args.x.at(n, c)[s] - double(norm.mean[c])) * inv_std;
    };
    double dgamma = 0, dbeta = 0;
    ForEachMaskedGradient(o, args, c, [&](int64_t n, int64_t s, double dz) {
      dgamma += dz * x_hat(n, s);
      dbeta += dz;
    });
    StoreFusedNormGradsReference(args.norm, c, dgamma, dbeta);
    if (args.dx_mode == GradMode::kSkip) continue;
    ForEachMaskedGradient(o, args, c, [&](int64_t n, int64_t s, double dz) {
      double dx = gamma * dz;
      if (o.finishes_input) {
        dx -= (gamma * dbeta + x_hat(n, s) * gamma * dgamma) / count;
        dx *= inv_std;
      }
      StoreGrad(args.dx_mode, T(dx), args.dx.at(n, c) + s);
    });
  }
}

}  // namespace tamp

#endif  // TAMP_LAYERS_FUSED_POOLING_FUSED_POOLING_REFERENCE_H_
