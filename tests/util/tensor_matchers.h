// Comparison of arrays of numbers, with a tolerance in units of the type's
// epsilon times the size of the expected numbers.

#ifndef TAMP_TESTS_UTIL_TENSOR_MATCHERS_H_
#define TAMP_TESTS_UTIL_TENSOR_MATCHERS_H_

#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include "gtest/gtest.h"

namespace tamp {

// Euclidean norm.
template <typename T>
double Norm(const std::vector<T>& values) {
  double sum = 0;
  for (const T value : values) sum += double(value) * double(value);
  return std::sqrt(sum);
}

// |actual - expected| / |expected| in the Euclidean norm; the absolute norm
// where expected is zero, infinite where a number is not finite.
template <typename T, typename U>
double RelativeError(const std::vector<T>& actual,
                     const std::vector<U>& expected) {
  if (actual.size() != expected.size()) {
    return std::numeric_limits<double>::infinity();
  }
  double difference = 0;
  for (size_t i = 0; i < actual.size(); ++i) {
    const double d = double(actual[i]) - double(expected[i]);
    difference += d * d;
  }
  const double norm = Norm(expected);
  const double error = std::sqrt(difference) / (norm > 0 ? norm : 1);
  return std::isfinite(error) ? error : std::numeric_limits<double>::infinity();
}

// Passes when each element is within `epsilons` of float's epsilon, times the
// largest expected magnitude.
template <typename T>
testing::AssertionResult AllClose(const std::vector<T>& actual,
                                  const std::vector<T>& expected,
                                  double epsilons) {
  if (actual.size() != expected.size()) {
    return testing::AssertionFailure()
           << actual.size() << " elements, expected " << expected.size();
  }
  double largest = 0;
  for (const T value : expected) {
    largest = std::fmax(largest, std::fabs(double(value)));
  }
  const double bound =
      epsilons * std::numeric_limits<float>::epsilon() * largest;
  for (size_t i = 0; i < actual.size(); ++i) {
    const double difference = std::fabs(double(actual[i]) - expected[i]);
    if (!(difference <= bound)) {
      return testing::AssertionFailure()
             << "element " << i << " is " << actual[i] << ", expected "
             << expected[i] << " within " << bound;
    }
  }
  return testing::AssertionSuccess();
}

}  // namespace tamp

#endif  // TAMP_TESTS_UTIL_TENSOR_MATCHERS_H_
