// SGD in plain loops: the definition that fast kernels are held against.

#ifndef TAMP_SOLVERS_SGD_SGD_REFERENCE_H_
#define TAMP_SOLVERS_SGD_SGD_REFERENCE_H_

#include <cstdint>

#include "kernels/sgd_kernel.h"

namespace tamp {

template <typename T>
void SgdUpdateReference(const SgdStep& step, const SgdTensor<T>& tensor) {
  const T rate = static_cast<T>(step.lr * tensor.lr_mult);
  const T decay = static_cast<T>(step.weight_decay * tensor.decay_mult);
  const T momentum = static_cast<T>(step.momentum);
  const T scale = static_cast<T>(step.gradient_scale);
  for (int64_t i = 0; i < tensor.size; ++i) {
    T& w = tensor.weight[i];
    T& v = tensor.momentum[i];
    const T pull =
        step.decay == WeightDecay::kL2 ? w : static_cast<T>((w > 0) - (w < 0));
    const T g = scale * tensor.gradient[i] + decay * pull;
    v = momentum * v + g;
    w -= rate * (step.nesterov ? g + momentum * v : v);
  }
}

template <typename T>
double GradientSquaresReference(const SgdTensor<T>& tensor) {
  double sum = 0;
  for (int64_t i = 0; i < tensor.size; ++i) {
    sum += double(tensor.gradient[i]) * double(tensor.gradient[i]);
  }
  return sum;
}

}  // namespace tamp

#endif  // TAMP_SOLVERS_SGD_SGD_REFERENCE_H_
