// Products of dense column-major matrices of double, by plain loops.

#ifndef TAMP_TESTS_CUDA_SIM_MATH_MATRIX_PRODUCT_H_
#define TAMP_TESTS_CUDA_SIM_MATH_MATRIX_PRODUCT_H_

#include <cstdint>
#include <vector>

namespace tamp {
namespace cuda_sim {

struct ProductSizes {
  int64_t m, n, k;
  int64_t batch = 1;  // so many products, one behind the other
};

// a is m x k, b is k x n, the product m x n.
std::vector<double> MultiplyMatrices(const ProductSizes& sizes,
                                     const std::vector<double>& a,
                                     const std::vector<double>& b);

}  // namespace cuda_sim
}  // namespace tamp

#endif  // TAMP_TESTS_CUDA_SIM_MATH_MATRIX_PRODUCT_H_
