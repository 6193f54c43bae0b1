// Scale: y = x * s (+ b), with s and b repeated over x as kernels/broadcast.h
// describes. For element k of s and b, summed over the elements of x that go
// with it:
//
//   dx = dy * s
//   ds_k = sum dy * x
//   db_k = sum dy

#ifndef TAMP_LAYERS_SCALE_SCALE_KERNEL_H_
#define TAMP_LAYERS_SCALE_SCALE_KERNEL_H_

#include "kernels/broadcast.h"
#include "kernels/grad_mode.h"
#include "kernels/strided.h"

namespace tamp {

template <typename T>
struct ScaleForwardArgs {
  Strided<const T> x;
  Strided<const T> scale;
  Strided<const T> bias;  // of the shape of scale; may be null
  Strided<T> y;           // may be x
};

template <typename T>
struct ScaleInputGradArgs {
  Strided<const T> scale;
  Strided<const T> dy;
  Strided<T> dx;  // may be dy when dx_mode is kWrite
  GradMode dx_mode = GradMode::kWrite;
};

template <typename T>
struct ScaleParameterGradArgs {
  Strided<const T> x;
  Strided<const T> dy;
  Strided<T> dscale;
  GradMode dscale_mode = GradMode::kSkip;
  Strided<T> dbias;
  GradMode dbias_mode = GradMode::kSkip;
};

class ScaleKernel {
 public:
  virtual ~ScaleKernel() = default;
  virtual void Forward(const ScaleForwardArgs<float>& args) = 0;
  virtual void InputGrad(const ScaleInputGradArgs<float>& args) = 0;
  virtual void ParameterGrad(const ScaleParameterGradArgs<float>& args) = 0;
};

}  // namespace tamp

#endif  // TAMP_LAYERS_SCALE_SCALE_KERNEL_H_
