// Eltwise in plain loops: the definition that fast kernels are held against.

#ifndef TAMP_LAYERS_ELTWISE_ELTWISE_REFERENCE_H_
#define TAMP_LAYERS_ELTWISE_ELTWISE_REFERENCE_H_

#include <algorithm>
#include <cstdint>
#include <vector>

#include "kernels/grad_mode.h"
#include "layers/eltwise/eltwise_kernel.h"

namespace tamp {

// y of one element.
template <typename T>
T EltwiseOfElement(const EltwiseOptions& options, const std::vector<T>& x) {
  T sum = 0, product = 1;
  for (size_t i = 0; i < x.size(); ++i) {
    sum += T(options.coefficients[i]) * x[i];
    product *= x[i];
  }
  switch (options.operation) {
    case EltwiseOptions::Operation::kSum:
      return sum;
    case EltwiseOptions::Operation::kProduct:
      return product;
    case EltwiseOptions::Operation::kMax:
      break;
  }
  return *std::max_element(x.begin(), x.end());
}

// dy / dx_input of one element.
template <typename T>
T EltwiseSlopeOfElement(const EltwiseOptions& options, const std::vector<T>& x,
                        int input) {
  T others = 1;
  for (size_t j = 0; j < x.size(); ++j) {
    if (static_cast<int>(j) != input) others *= x[j];
  }
  switch (options.operation) {
    case EltwiseOptions::Operation::kSum:
      return T(options.coefficients[input]);
    case EltwiseOptions::Operation::kProduct:
      return others;
    case EltwiseOptions::Operation::kMax:
      break;
  }
  // max_element returns the first of equal ones.
  return std::max_element(x.begin(), x.end()) == x.begin() + input ? 1 : 0;
}

template <typename T>
std::vector<T> EltwiseInputsOfElement(const EltwiseOptions& options,
                                      const Strided<const T>* x,
                                      int64_t element) {
  std::vector<T> values;
  for (int i = 0; i < options.num_inputs(); ++i) {
    values.push_back(*ElementAt(x[i], options.extents, element));
  }
  return values;
}

template <typename T>
void EltwiseForwardReference(const EltwiseOptions& options,
                             const EltwiseForwardArgs<T>& args) {
  for (int64_t e = 0; e < options.extents.count(); ++e) {
    *ElementAt(args.y, options.extents, e) =
        EltwiseOfElement(options, EltwiseInputsOfElement(options, args.x, e));
  }
}

template <typename T>
void EltwiseBackwardReference(const EltwiseOptions& options,
                              const EltwiseBackwardArgs<T>& args) {
  if (args.dx_mode == GradMode::kSkip) return;
  for (int64_t e = 0; e < options.extents.count(); ++e) {
    const T slope = EltwiseSlopeOfElement(
        options, EltwiseInputsOfElement(options, args.x, e), args.input);
    StoreGrad(args.dx_mode, slope * *ElementAt(args.dy, options.extents, e),
              ElementAt(args.dx, options.extents, e));
  }
}

}  // namespace tamp

#endif  // TAMP_LAYERS_ELTWISE_ELTWISE_REFERENCE_H_
