// A problem for tests of the convolution of a dense layer: random arguments of
// given options, and room for all results.

#ifndef TAMP_LAYERS_FUSED_CONVOLUTION_FUSED_CONVOLUTION_TEST_PROBLEM_H_
#define TAMP_LAYERS_FUSED_CONVOLUTION_FUSED_CONVOLUTION_TEST_PROBLEM_H_

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "core/rng.h"
#include "kernels/bf16.h"
#include "kernels/dropout_mask.h"
#include "kernels/grad_mode.h"
#include "layers/fused_convolution/fused_convolution_kernel.h"
#include "tests/util/test_maps.h"

namespace tamp {

template <typename T>
class FusedConvolutionProblem {
 public:
  static constexpr T kNan = std::numeric_limits<T>::quiet_NaN();

  FusedConvolutionProblem(const FusedConvolutionOptions& o, MapOrder layout,
                          uint64_t seed = 1)
      : options(o),
        x(o.num, o.channels, o.height, o.width, layout),
        y(o.num, o.num_output, o.output_h(), o.output_w(), layout),
        g(o.num, o.num_output, o.output_h(), o.output_w(), layout),
        dx(o.num, o.channels, o.height, o.width, layout) {
    RandomStream random(seed);
    x.tensor().FromVector(
        RandomGrid<T>(x.tensor().shape().num_elements(), &random));
    g.tensor().FillRandom(&random);
    const bool rounds = o.precision == ProductPrecision::kBf16;
    if (rounds) {
      // What is rounded is exact before, so that float and double agree on it.
      g.tensor().FromVector(
          RandomGrid<T>(g.tensor().shape().num_elements(), &random));
    }
    scale = RandomGrid<T>(o.channels, &random);
    shift = RandomGrid<T>(o.channels, &random);
    // scale * x + shift is exact and never 0, so that float and double agree
    // on the mask.
    for (T& value : shift) value += T(1.0 / 8192);
    gamma = RandomGrid<T>(o.channels, &random);
    mean = RandomGrid<T>(o.channels, &random);
    inv_std = RandomGrid<T>(o.channels, &random);
    w = RandomGrid<T>(o.num_output * o.channels * o.taps(), &random);
    for (T& value : w) value *= rounds ? T(1.1f) : T(1);
    p = RandomGrid<T>(o.num_output, &random);
    q = RandomGrid<T>(o.num_output, &random);
    r = RandomGrid<T>(o.num_output, &random);
    y_mean.assign(o.num_output, kNan);
    y_variance.assign(o.num_output, kNan);
    dgamma.assign(o.channels, kNan);
    dbeta.assign(o.channels, kNan);
    dw.assign(w.size(), kNan);
    y.tensor().Fill(kNan);
    dx.tensor().Fill(kNan);
    mask.key = DeriveKey(seed, "drop");
    mask.step = 3;
    mask.threshold = DropoutThreshold(0.2f);
    mask.kept = 1.25f;
  }

  FusedConvolutionForwardArgs<T> forward_args(void* workspace = nullptr) {
    FusedConvolutionForwardArgs<T> args;
    args.x = x.strided();
    if (options.normalizes) {
      args.scale = scale.data();
      args.shift = shift.data();
    }
    args.w = w.data();
    args.y = y.strided();
    args.dropout = mask;
    if (options.shifts_output) args.y_shift = p.data();
    if (options.has_statistics) {
      args.mean = y_mean.data();
      args.variance = y_variance.data();
    }
    args.workspace = workspace;
    return args;
  }

  FusedConvolutionBackwardArgs<T> backward_args(void* workspace = nullptr) {
    FusedConvolutionBackwardArgs<T> args;
    args.x = x.strided();
    if (options.normalizes) {
      args.scale = scale.data();
      args.shift = shift.data();
      args.gamma = gamma.data();
      args.mean = mean.data();
      args.inv_std = inv_std.data();
      args.dgamma = wants_norm_grads ? dgamma.data() : nullptr;
      args.dbeta = wants_norm_grads ? dbeta.data() : nullptr;
    }
    args.w = w.data();
    args.g = g.strided();
    if (options.has_statistics) {
      args.y = y.strided();
      args.p = p.data();
      args.q = q.data();
      args.r = r.data();
    }
    args.dropout = mask;
    if (dx_mode != GradMode::kSkip) args.dx = dx.strided();
    args.dx_mode = dx_mode;
    if (dw_mode != GradMode::kSkip) args.dw = dw.data();
    args.dw_mode = dw_mode;
    args.workspace = workspace;
    return args;
  }

  void set_modes(GradMode dx, GradMode dw_wanted) {
    dx_mode = dx;
    dw_mode = dw_wanted;
    if (dx == GradMode::kAdd) this->dx.tensor().Fill(T(0.5));
    if (dw_wanted == GradMode::kAdd) dw.assign(dw.size(), T(-0.25));
  }

  const FusedConvolutionOptions options;
  TestMaps<T> x, y, g, dx;
  std::vector<T> scale, shift, gamma, mean, inv_std, w, p, q, r;
  std::vector<T> y_mean, y_variance, dgamma, dbeta, dw;
  DropoutMask mask;
  GradMode dx_mode = GradMode::kWrite, dw_mode = GradMode::kWrite;
  bool wants_norm_grads = true;
};

}  // namespace tamp

#endif  // TAMP_LAYERS_FUSED_CONVOLUTION_FUSED_CONVOLUTION_TEST_PROBLEM_H_
