// A problem for tests of the fused convolution: random arguments of given
// options, and room for all results.

#ifndef TAMP_LAYERS_FUSED_CONVOLUTION_FUSED_CONVOLUTION_TEST_PROBLEM_H_
#define TAMP_LAYERS_FUSED_CONVOLUTION_FUSED_CONVOLUTION_TEST_PROBLEM_H_

#include <cstdint>
#include <vector>

#include "core/rng.h"
#include "core/shape.h"
#include "kernels/dropout_mask.h"
#include "kernels/grad_mode.h"
#include "kernels/product_precision.h"
#include "layers/fused_convolution/fused_convolution_kernel.h"
#include "tests/util/fused_norm_problem.h"
#include "tests/util/test_maps.h"

namespace tamp {

template <typename T>
class FusedConvolutionProblem : public FusedNormProblem<T> {
 public:
  FusedConvolutionProblem(const FusedConvolutionOptions& o, MapOrder order,
                          uint64_t seed = 1)
      : FusedNormProblem<T>({o.num, o.channels, o.height, o.width},
                            {o.num, o.num_output, o.output_h(), o.output_w()},
                            order, seed),
        options(o) {
    FillGrid(&this->x);
    this->g.tensor().FillRandom(&this->random());
    const bool rounds = o.precision == ProductPrecision::kBf16;
    // What is rounded is exact before, so that float and double agree on it.
    if (rounds) FillGrid(&this->g);
    w = RandomGrid<T>(o.num_output * o.channels * o.taps(), &this->random());
    for (T& value : w) value *= rounds ? T(1.1f) : T(1);
    dw.assign(w.size(), this->kNan);
    y_gamma = RandomGrid<T>(o.num_output, &this->random());
    y_beta = RandomGrid<T>(o.num_output, &this->random());
    y_running_mean = RandomGrid<T>(o.num_output, &this->random());
    y_running_variance = RandomGrid<T>(o.num_output, &this->random());
    for (T& value : y_running_variance) value += T(1.5);
    mask.key = DeriveKey(seed, "drop");
    mask.step = 3;
    mask.threshold = DropoutThreshold(0.2f);
    mask.kept = 1.25f;
  }

  FusedConvolutionForwardArgs<T> forward_args(void* workspace = nullptr) {
    FusedConvolutionForwardArgs<T> args;
    args.x = this->x.strided();
    if (options.normalizes) args.norm = this->norm_args();
    args.w = w.data();
    args.y = this->y.strided();
    args.dropout = mask;
    if (options.shifts_output) args.output_norm = output_norm_args();
    if (options.has_statistics) args.statistics = this->y_statistics.data();
    args.workspace = workspace;
    return args;
  }

  FusedConvolutionBackwardArgs<T> backward_args(void* workspace = nullptr) {
    FusedConvolutionBackwardArgs<T> args;
    args.x = this->x.strided();
    if (options.normalizes) args.norm = this->norm_grad_args();
    args.w = w.data();
    args.g = this->g.strided();
    if (options.has_statistics) {
      args.y = this->y.strided();
      args.finishing = this->finishing_args();
    }
    args.dropout = mask;
    args.dx_mode = this->dx_mode;
    if (args.dx_mode != GradMode::kSkip) args.dx = this->dx.strided();
    args.dw_mode = dw_mode;
    if (dw_mode != GradMode::kSkip) args.dw = dw.data();
    args.workspace = workspace;
    return args;
  }

  void set_dw_mode(GradMode mode) {
    dw_mode = mode;
    if (mode == GradMode::kAdd) dw.assign(dw.size(), T(-0.25));
  }

  // Calls function(std::vector<T>*) for all memory of the problem.
  template <typename Function>
  void ForEachArray(Function function) {
    FusedNormProblem<T>::ForEachArray(function);
    for (std::vector<T>* array :
         {&w, &dw, &y_gamma, &y_beta, &y_running_mean, &y_running_variance}) {
      function(array);
    }
  }

  // As FillRandom does, in numbers whose products are exact.
  void FillGrid(TestMaps<T>* maps) {
    maps->tensor().FromVector(
        RandomGrid<T>(maps->tensor().shape().num_elements(), &this->random()));
  }

  const FusedConvolutionOptions options;
  std::vector<T> w, dw;
  std::vector<T> y_gamma, y_beta, y_running_mean, y_running_variance;
  DropoutMask mask;
  GradMode dw_mode = GradMode::kWrite;

 private:
  FusedNormForwardArgs<T> output_norm_args() {
    FusedNormForwardArgs<T> args;
    args.gamma = y_gamma.data();
    args.beta = y_beta.data();
    args.running_mean = y_running_mean.data();
    args.running_variance = y_running_variance.data();
    args.eps = this->kEps;
    return args;
  }
};

}  // namespace tamp

#endif  // TAMP_LAYERS_FUSED_CONVOLUTION_FUSED_CONVOLUTION_TEST_PROBLEM_H_
