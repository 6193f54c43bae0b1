// Inner product in plain loops: the definition that fast kernels are held
// against.

#ifndef TAMP_LAYERS_INNER_PRODUCT_INNER_PRODUCT_REFERENCE_H_
#define TAMP_LAYERS_INNER_PRODUCT_INNER_PRODUCT_REFERENCE_H_

#include <cstdint>

#include "kernels/grad_mode.h"
#include "kernels/strided.h"
#include "layers/inner_product/inner_product_kernel.h"

namespace tamp {

// The element of a tensor at an index in row-major order.
template <typename T>
T& ElementAt(const Strided<T>& tensor, const InnerProductExtents& extents,
             int64_t index) {
  const int64_t plane = index / extents.spatial;
  return tensor.at(plane / extents.channels,
                   plane % extents.channels)[index % extents.spatial];
}

inline int64_t WeightIndex(const InnerProductOptions& options, int64_t output,
                           int64_t input) {
  return options.transposed ? input * options.num_outputs + output
                            : output * options.num_inputs + input;
}

template <typename T>
void InnerProductForwardReference(const InnerProductOptions& o,
                                  const InnerProductForwardArgs<T>& args) {
  for (int64_t row = 0; row < o.num_rows; ++row) {
    for (int64_t output = 0; output < o.num_outputs; ++output) {
      T sum = args.bias ? args.bias[output] : T(0);
      for (int64_t input = 0; input < o.num_inputs; ++input) {
        sum += args.w[WeightIndex(o, output, input)] *
               ElementAt(args.x, o.x, row * o.num_inputs + input);
      }
      ElementAt(args.y, o.y, row * o.num_outputs + output) = sum;
    }
  }
}

template <typename T>
void InnerProductBackwardReference(const InnerProductOptions& o,
                                   const InnerProductBackwardArgs<T>& args) {
  const auto dy = [&](int64_t row, int64_t output) {
    return ElementAt(args.dy, o.y, row * o.num_outputs + output);
  };
  for (int64_t input = 0; input < o.num_inputs; ++input) {
    for (int64_t row = 0; row < o.num_rows; ++row) {
      if (args.dx_mode == GradMode::kSkip) break;
      T sum = 0;
      for (int64_t output = 0; output < o.num_outputs; ++output) {
        sum += args.w[WeightIndex(o, output, input)] * dy(row, output);
      }
      StoreGrad(args.dx_mode, sum,
                &ElementAt(args.dx, o.x, row * o.num_inputs + input));
    }
    for (int64_t output = 0; output < o.num_outputs; ++output) {
      if (args.dw_mode == GradMode::kSkip) break;
      T sum = 0;
      for (int64_t row = 0; row < o.num_rows; ++row) {
        sum += dy(row, output) *
               ElementAt(args.x, o.x, row * o.num_inputs + input);
      }
      StoreGrad(args.dw_mode, sum, args.dw + WeightIndex(o, output, input));
    }
  }
  for (int64_t output = 0; output < o.num_outputs; ++output) {
    if (args.dbias_mode == GradMode::kSkip) break;
    T sum = 0;
    for (int64_t row = 0; row < o.num_rows; ++row) sum += dy(row, output);
    StoreGrad(args.dbias_mode, sum, args.dbias + output);
  }
}

}  // namespace tamp

#endif  // TAMP_LAYERS_INNER_PRODUCT_INNER_PRODUCT_REFERENCE_H_
