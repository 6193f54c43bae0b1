#include "tests/cuda_sim/math/matrix_product.h"

namespace tamp {
namespace cuda_sim {

std::vector<double> MultiplyMatrices(const ProductSizes& sizes,
                                     const std::vector<double>& a,
                                     const std::vector<double>& b) {
  const auto [m, n, k, batch] = sizes;
  std::vector<double> product(m * n * batch);
  for (int64_t i = 0; i < batch * n; ++i) {  // columns of b
    double* const column = product.data() + i * m;
    const double* const columns_of_a = a.data() + i / n * m * k;
    for (int64_t j = 0; j < k; ++j) {
      const double factor = b[i * k + j];
      const double* const from = columns_of_a + j * m;
      for (int64_t row = 0; row < m; ++row) column[row] += factor * from[row];
    }
  }
  return product;
}

}  // namespace cuda_sim
}  // namespace tamp
