// Sums over adjoining elements in a fixed order: the same bits whatever the
// instruction set and the number of threads.

#ifndef TAMP_KERNELS_CPU_SUMS_H_
#define TAMP_KERNELS_CPU_SUMS_H_

#include <cstdint>

namespace tamp {

// x_0 + .. + x_{size-1}, added up in double.
double Sum(const float* x, int64_t size);

// x_0 y_0 + .. + x_{size-1} y_{size-1}, multiplied and added up in double.
double SumOfProducts(const float* x, const float* y, int64_t size);

// (x_0 - mean)^2 + .. in double.
double SumOfSquaresAround(double mean, const float* x, int64_t size);

// What a batch norm's gradients are made of, in double:
// dy_0 + .. and dy_0 (x_0 - mean) + ..
struct GradSums {
  double grads;
  double products;
};
GradSums SumGrads(const float* dy, const float* x, double mean, int64_t size);

}  // namespace tamp

#endif  // TAMP_KERNELS_CPU_SUMS_H_
