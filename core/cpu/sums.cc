#include "core/cpu/sums.h"

namespace tamp {
namespace {

// Independent partial sums: they hide the latency of an addition, and the
// compiler can put them into vectors without changing the order.
constexpr int kLanes = 8;

template <typename Term>
double SumTerms(int64_t size, const Term& term) {
  double partial[kLanes] = {};
  int64_t i = 0;
  for (; i + kLanes <= size; i += kLanes) {
    for (int lane = 0; lane < kLanes; ++lane) partial[lane] += term(i + lane);
  }
  double sum = 0;
  for (const double value : partial) sum += value;
  for (; i < size; ++i) sum += term(i);
  return sum;
}

}  // namespace

double Sum(const float* x, int64_t size) {
  return SumTerms(size, [x](int64_t i) { return double{x[i]}; });
}

double SumOfProducts(const float* x, const float* y, int64_t size) {
  return SumTerms(size, [x, y](int64_t i) { return double{x[i]} * y[i]; });
}

double SumOfSquaresAround(double mean, const float* x, int64_t size) {
  return SumTerms(size, [x, mean](int64_t i) {
    const double difference = x[i] - mean;
    return difference * difference;
  });
}

GradSums SumGrads(const float* dy, const float* x, double mean, int64_t size) {
  return {Sum(dy, size), SumTerms(size, [dy, x, mean](int64_t i) {
            return dy[i] * (x[i] - mean);
          })};
}

}  // namespace tamp
