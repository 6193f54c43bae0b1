// Stochastic gradient descent with momentum, for all parameters at once.
//
// For each element, with weight w, gradient g and history v:
//
//   g = gradient_scale * gradient
//       + weight_decay * decay_mult * (w for L2, sign(w) for L1)
//   v = momentum * v + g
//   w = w - lr * lr_mult * v                     (Polyak 1964)
//   w = w - lr * lr_mult * (g + momentum * v)    (nesterov; Sutskever et al.
//                                                 2013, in PyTorch's form)
//
// sign(0) is 0. The learning rate stands outside the history, as in PyTorch and
// unlike Caffe; see proto/solver.proto.

#ifndef TAMP_KERNELS_SGD_KERNEL_H_
#define TAMP_KERNELS_SGD_KERNEL_H_

#include <cstdint>

namespace tamp {

enum class WeightDecay { kL2, kL1 };

// What is the same for all parameters in one update.
struct SgdStep {
  double lr = 0;
  double momentum = 0;
  double weight_decay = 0;
  double gradient_scale = 1;
  WeightDecay decay = WeightDecay::kL2;
  bool nesterov = false;
};

// One parameter: three arrays of `size` elements.
template <typename T>
struct SgdTensor {
  T* weight = nullptr;
  const T* gradient = nullptr;
  T* momentum = nullptr;  // the history
  int64_t size = 0;
  double lr_mult = 1;
  double decay_mult = 1;
};

// A kernel is made for its parameters and keeps them.
class SgdKernel {
 public:
  virtual ~SgdKernel() = default;

  // The sum of the squares of all gradients, as they are.
  virtual double GradientSquares() = 0;

  virtual void Update(const SgdStep& step) = 0;
};

}  // namespace tamp

#endif  // TAMP_KERNELS_SGD_KERNEL_H_
