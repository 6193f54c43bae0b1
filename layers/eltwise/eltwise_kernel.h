// Eltwise: element by element over two or more tensors x_0, x_1, .. of one
// shape.
//
//   SUM   y = sum_i c_i x_i     dx_i = c_i dy
//   PROD  y = prod_i x_i        dx_i = dy * prod_{j != i} x_j
//   MAX   y = max_i x_i         dx_i = dy where x_i is the first largest, else
//   0

#ifndef TAMP_LAYERS_ELTWISE_ELTWISE_KERNEL_H_
#define TAMP_LAYERS_ELTWISE_ELTWISE_KERNEL_H_

#include <vector>

#include "kernels/extents.h"
#include "kernels/grad_mode.h"
#include "kernels/strided.h"

namespace tamp {

struct EltwiseOptions {
  enum class Operation { kSum, kProduct, kMax };

  Extents extents;
  Operation operation = Operation::kSum;
  std::vector<float> coefficients;  // c_i, one an input, whatever the operation

  int num_inputs() const { return static_cast<int>(coefficients.size()); }
};

template <typename T>
struct EltwiseForwardArgs {
  const Strided<const T>* x = nullptr;  // num_inputs of them
  Strided<T> y;                         // may be x[0]
};

// The gradient of one input.
template <typename T>
struct EltwiseBackwardArgs {
  const Strided<const T>* x = nullptr;  // kSum does not read them
  Strided<const T> dy;
  int input = 0;
  Strided<T> dx;
  GradMode dx_mode = GradMode::kWrite;
};

class EltwiseKernel {
 public:
  virtual ~EltwiseKernel() = default;
  virtual void Forward(const EltwiseForwardArgs<float>& args) = 0;
  virtual void Backward(const EltwiseBackwardArgs<float>& args) = 0;
};

}  // namespace tamp

#endif  // TAMP_LAYERS_ELTWISE_ELTWISE_KERNEL_H_
