// Bias: y = x + b, with b repeated over x as kernels/broadcast.h describes.
//
//   dx = dy
//   db_k = sum of dy over the elements of x that go with element k of b

#ifndef TAMP_LAYERS_BIAS_BIAS_KERNEL_H_
#define TAMP_LAYERS_BIAS_BIAS_KERNEL_H_

#include "kernels/broadcast.h"
#include "kernels/grad_mode.h"
#include "kernels/strided.h"

namespace tamp {

template <typename T>
struct BiasForwardArgs {
  Strided<const T> x;
  Strided<const T> bias;
  Strided<T> y;  // may be x
};

template <typename T>
struct BiasInputGradArgs {
  Strided<const T> dy;
  Strided<T> dx;  // may be dy when dx_mode is kWrite
  GradMode dx_mode = GradMode::kWrite;
};

template <typename T>
struct BiasParameterGradArgs {
  Strided<const T> dy;
  Strided<T> dbias;
  GradMode dbias_mode = GradMode::kWrite;
};

class BiasKernel {
 public:
  virtual ~BiasKernel() = default;
  virtual void Forward(const BiasForwardArgs<float>& args) = 0;
  virtual void InputGrad(const BiasInputGradArgs<float>& args) = 0;
  virtual void ParameterGrad(const BiasParameterGradArgs<float>& args) = 0;
};

}  // namespace tamp

#endif  // TAMP_LAYERS_BIAS_BIAS_KERNEL_H_
