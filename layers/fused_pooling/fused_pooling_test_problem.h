// A problem for tests of a pooling with its batch norm: random arguments of
// given options, and room for all results.

#ifndef TAMP_LAYERS_FUSED_POOLING_FUSED_POOLING_TEST_PROBLEM_H_
#define TAMP_LAYERS_FUSED_POOLING_FUSED_POOLING_TEST_PROBLEM_H_

#include <cstdint>
#include <vector>

#include "core/shape.h"
#include "kernels/grad_mode.h"
#include "kernels/pooling_axis.h"
#include "layers/fused_pooling/fused_pooling_kernel.h"
#include "tests/util/fused_norm_problem.h"
#include "tests/util/test_maps.h"

namespace tamp {

inline FusedPoolingOptions MaxOptions(int64_t num, int64_t channels,
                                      PoolingAxis height, PoolingAxis width) {
  return {
      FusedPoolingOptions::Method::kMax, num, channels, height, width, true};
}

inline FusedPoolingOptions AverageOptions(int64_t num, int64_t channels,
                                          int64_t height, int64_t width) {
  return {FusedPoolingOptions::Method::kAverage,
          num,
          channels,
          {height, height},
          {width, width},
          true};
}

template <typename T>
class FusedPoolingProblem : public FusedNormProblem<T> {
 public:
  FusedPoolingProblem(const FusedPoolingOptions& o, MapOrder order,
                      uint64_t seed = 1)
      : FusedNormProblem<T>(
            {o.num, o.channels, o.height.extent, o.width.extent},
            {o.num, o.channels, o.height.num_windows(), o.width.num_windows()},
            order, seed),
        options(o) {
    // Multiples of 1/16, so few that many windows have several largest
    // elements.
    std::vector<T> values(this->x.tensor().shape().num_elements());
    for (T& value : values) {
      value = T(this->random().UniformInt(33) / 16.0 - 1);
    }
    this->x.tensor().FromVector(values);
    this->g.tensor().FillRandom(&this->random());
  }

  FusedPoolingForwardArgs<T> forward_args(void* workspace = nullptr) {
    FusedPoolingForwardArgs<T> args;
    args.x = this->x.strided();
    args.norm = this->norm_args();
    args.y = this->y.strided();
    if (options.has_statistics) args.statistics = this->y_statistics.data();
    args.workspace = workspace;
    return args;
  }

  FusedPoolingBackwardArgs<T> backward_args(void* workspace = nullptr) {
    FusedPoolingBackwardArgs<T> args;
    args.x = this->x.strided();
    args.norm = this->norm_grad_args();
    args.g = this->g.strided();
    if (options.has_statistics) {
      args.y = this->y.strided();
      args.finishing = this->finishing_args();
    }
    args.dx_mode = this->dx_mode;
    if (args.dx_mode != GradMode::kSkip) args.dx = dx_maps().strided();
    args.workspace = workspace;
    return args;
  }

  // Where dx is, or is to be.
  TestMaps<T>& dx_maps() { return overwrites_x ? this->x : this->dx; }

  const FusedPoolingOptions options;
  bool overwrites_x = false;
};

}  // namespace tamp

#endif  // TAMP_LAYERS_FUSED_POOLING_FUSED_POOLING_TEST_PROBLEM_H_
