// Gradient check in double: central differences against an analytic gradient.
//
// The objective is sum(dy * f(x)) with random output gradients dy. Where a
// function has kinks, choose x away from them by more than kGradientStep.

#ifndef TAMP_TESTS_UTIL_GRADIENT_CHECK_H_
#define TAMP_TESTS_UTIL_GRADIENT_CHECK_H_

#include <cmath>
#include <cstdint>
#include <functional>
#include <vector>

#include "core/shape.h"
#include "gtest/gtest.h"
#include "tests/util/test_tensor.h"

namespace tamp {

constexpr double kGradientStep = 1e-4;
constexpr double kGradientTolerance = 1e-6;  // relative to the largest element

// sum(a * b) over all elements.
inline double Dot(TestTensor<double>* a, TestTensor<double>* b) {
  const std::vector<double> u = a->ToVector(), v = b->ToVector();
  double sum = 0;
  for (size_t i = 0; i < u.size(); ++i) sum += u[i] * v[i];
  return sum;
}

// Compares `analytic` with the central differences of `objective` in every
// element of `x`. `objective` reads x anew at each call.
inline void CheckGradient(const std::function<double()>& objective,
                          TestTensor<double>* x, TestTensor<double>* analytic) {
  const Shape& shape = x->shape();
  const std::vector<double> all = analytic->ToVector();
  double largest = 1e-3;
  for (const double value : all) largest = std::fmax(largest, std::fabs(value));
  for (int64_t n = 0; n < shape.num(); ++n) {
    for (int64_t c = 0; c < shape.channels(); ++c) {
      for (int64_t s = 0; s < shape.spatial(); ++s) {
        double* element = x->at(n, c) + s;
        const double saved = *element;
        *element = saved + kGradientStep;
        const double above = objective();
        *element = saved - kGradientStep;
        const double below = objective();
        *element = saved;
        const double numeric = (above - below) / (2 * kGradientStep);
        EXPECT_NEAR(analytic->at(n, c)[s], numeric,
                    kGradientTolerance * largest)
            << "at image " << n << " channel " << c << " element " << s;
      }
    }
  }
}

// The same of an array.
inline void CheckGradient(const std::function<double()>& objective,
                          std::vector<double>* x,
                          const std::vector<double>& analytic) {
  const Shape shape = {1, static_cast<int64_t>(x->size())};
  TestTensor<double> elements(shape), gradient(shape);
  elements.FromVector(*x);
  gradient.FromVector(analytic);
  CheckGradient(
      [&] {
        *x = elements.ToVector();
        return objective();
      },
      &elements, &gradient);
  *x = elements.ToVector();
}

}  // namespace tamp

#endif  // TAMP_TESTS_UTIL_GRADIENT_CHECK_H_
