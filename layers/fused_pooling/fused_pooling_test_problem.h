// A problem for tests of a pooling with its batch norm: random arguments of
// given options, and room for all results.

#ifndef TAMP_LAYERS_FUSED_POOLING_FUSED_POOLING_TEST_PROBLEM_H_
#define TAMP_LAYERS_FUSED_POOLING_FUSED_POOLING_TEST_PROBLEM_H_

#include <cstdint>
#include <limits>
#include <vector>

#include "core/rng.h"
#include "kernels/grad_mode.h"
#include "layers/fused_pooling/fused_pooling_kernel.h"
#include "tests/util/test_maps.h"

namespace tamp {

template <typename T>
class FusedPoolingProblem {
 public:
  static constexpr T kNan = std::numeric_limits<T>::quiet_NaN();

  FusedPoolingProblem(const FusedPoolingOptions& o, MapOrder layout,
                      uint64_t seed = 1)
      : options(o),
        x(o.num, o.channels, o.height.extent, o.width.extent, layout),
        y(o.num, o.channels, o.height.num_windows(), o.width.num_windows(),
          layout),
        g(o.num, o.channels, o.height.num_windows(), o.width.num_windows(),
          layout),
        dx(o.num, o.channels, o.height.extent, o.width.extent, layout),
        random_(seed) {
    // So few values that many windows have several largest elements.
    x.tensor().FromVector(Grid(x.tensor().shape().num_elements(), 33));
    g.tensor().FillRandom(&random_);
    scale = Grid(o.channels, 129);
    shift = Grid(o.channels, 129);
    // scale * x + shift is exact and never 0, so that float and double agree
    // on the mask.
    for (T& value : shift) value += T(1.0 / 8192);
    for (auto* values : {&gamma, &mean, &inv_std, &p, &q, &r}) {
      *values = Grid(o.channels, 129);
    }
    for (auto* values : {&y_mean, &y_variance, &dgamma, &dbeta}) {
      values->assign(o.channels, kNan);
    }
    y.tensor().Fill(kNan);
    dx.tensor().Fill(kNan);
  }

  FusedPoolingForwardArgs<T> forward_args(void* workspace = nullptr) {
    FusedPoolingForwardArgs<T> args;
    args.x = x.strided();
    args.scale = scale.data();
    args.shift = shift.data();
    args.y = y.strided();
    if (options.has_statistics) {
      args.mean = y_mean.data();
      args.variance = y_variance.data();
    }
    args.workspace = workspace;
    return args;
  }

  FusedPoolingBackwardArgs<T> backward_args(void* workspace = nullptr) {
    FusedPoolingBackwardArgs<T> args;
    args.x = x.strided();
    args.scale = scale.data();
    args.shift = shift.data();
    args.gamma = gamma.data();
    args.mean = mean.data();
    args.inv_std = inv_std.data();
    args.g = g.strided();
    if (options.has_statistics) {
      args.y = y.strided();
      args.p = p.data();
      args.q = q.data();
      args.r = r.data();
    }
    if (dx_mode != GradMode::kSkip) args.dx = dx_maps().strided();
    args.dx_mode = dx_mode;
    args.dgamma = dgamma.data();
    args.dbeta = dbeta.data();
    args.workspace = workspace;
    return args;
  }

  void set_mode(GradMode mode) {
    dx_mode = mode;
    if (mode == GradMode::kAdd) dx.tensor().Fill(T(0.5));
  }

  // Where dx is, or is to be.
  TestMaps<T>& dx_maps() { return overwrites_x ? x : dx; }

  const FusedPoolingOptions options;
  TestMaps<T> x, y, g, dx;
  std::vector<T> scale, shift, gamma, mean, inv_std, p, q, r;
  std::vector<T> y_mean, y_variance, dgamma, dbeta;
  GradMode dx_mode = GradMode::kWrite;
  bool overwrites_x = false;

 private:
  // `steps` different values from -1 to 1, multiples of a power of two: their
  // products are exact in float.
  std::vector<T> Grid(int64_t count, int steps) {
    std::vector<T> values(count);
    for (T& value : values) {
      value = T(random_.UniformInt(steps) * 2.0 / (steps - 1) - 1);
    }
    return values;
  }

  RandomStream random_;
};

}  // namespace tamp

#endif  // TAMP_LAYERS_FUSED_POOLING_FUSED_POOLING_TEST_PROBLEM_H_
