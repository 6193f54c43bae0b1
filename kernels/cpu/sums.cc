// Compiled once for each instruction set (foreach_target.h includes this file
// again and again), without fused multiply-adds (see BUILD): all give the same
// bits, the widest that the machine has is run.

#include "kernels/cpu/sums.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/sums.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace tamp {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

using D = hn::ScalableTag<double>;
using OneLane = hn::CappedTag<double, 1>;

// Partial sums, which define the order of additions: in as many vectors as they
// take, so that the latency of an addition is hidden.
constexpr int kPartials = 16;
constexpr int kLanes = hn::MaxLanes(D());
constexpr int kVectors = kPartials / kLanes;
static_assert(kPartials % kLanes == 0, "vectors of 1, 2, 4, 8 or 16 doubles");

template <class Tag>
HWY_INLINE hn::Vec<Tag> Load(Tag d, const float* from) {
  return hn::PromoteTo(d, hn::LoadU(hn::Rebind<float, Tag>(), from));
}

// The terms: a vector of those from number i on.

struct Element {
  const float* x;
  template <class Tag>
  HWY_INLINE hn::Vec<Tag> operator()(Tag d, int64_t i) const {
    return Load(d, x + i);
  }
};

struct Product {
  const float* x;
  const float* y;
  template <class Tag>
  HWY_INLINE hn::Vec<Tag> operator()(Tag d, int64_t i) const {
    return hn::Mul(Load(d, x + i), Load(d, y + i));
  }
};

struct SquareAround {
  double mean;
  const float* x;
  template <class Tag>
  HWY_INLINE hn::Vec<Tag> operator()(Tag d, int64_t i) const {
    const auto difference = hn::Sub(Load(d, x + i), hn::Set(d, mean));
    return hn::Mul(difference, difference);
  }
};

struct ProductAround {
  double mean;
  const float* dy;
  const float* x;
  template <class Tag>
  HWY_INLINE hn::Vec<Tag> operator()(Tag d, int64_t i) const {
    return hn::Mul(Load(d, dy + i), hn::Sub(Load(d, x + i), hn::Set(d, mean)));
  }
};

template <class Term>
HWY_INLINE double SumTerms(int64_t size, const Term& term) {
  const D d;
  hn::Vec<D> sums[kVectors];
  for (auto& sum : sums) sum = hn::Zero(d);
  int64_t i = 0;
  for (; i + kPartials <= size; i += kPartials) {
#pragma GCC unroll 16
    for (int v = 0; v < kVectors; ++v) {
      sums[v] = hn::Add(sums[v], term(d, i + v * kLanes));
    }
  }
  HWY_ALIGN double partials[kPartials];
  for (int v = 0; v < kVectors; ++v) {
    hn::Store(sums[v], d, partials + v * kLanes);
  }
  double sum = 0;
  for (const double partial : partials) sum += partial;
  for (; i < size; ++i) sum += hn::GetLane(term(OneLane(), i));
  return sum;
}

}  // namespace

double SumOf(const float* x, int64_t size) {
  return SumTerms(size, Element{x});
}

double SumOfProductsOf(const float* x, const float* y, int64_t size) {
  return SumTerms(size, Product{x, y});
}

double SumOfSquares(double mean, const float* x, int64_t size) {
  return SumTerms(size, SquareAround{mean, x});
}

GradSums GradSumsOf(const float* dy, const float* x, double mean,
                    int64_t size) {
  return {SumTerms(size, Element{dy}),
          SumTerms(size, ProductAround{mean, dy, x})};
}

}  // namespace HWY_NAMESPACE
}  // namespace tamp
HWY_AFTER_NAMESPACE();

#if HWY_ONCE

namespace tamp {
namespace {

HWY_EXPORT(SumOf);
HWY_EXPORT(SumOfProductsOf);
HWY_EXPORT(SumOfSquares);
HWY_EXPORT(GradSumsOf);

}  // namespace

double Sum(const float* x, int64_t size) {
  return HWY_DYNAMIC_DISPATCH(SumOf)(x, size);
}

double SumOfProducts(const float* x, const float* y, int64_t size) {
  return HWY_DYNAMIC_DISPATCH(SumOfProductsOf)(x, y, size);
}

double SumOfSquaresAround(double mean, const float* x, int64_t size) {
  return HWY_DYNAMIC_DISPATCH(SumOfSquares)(mean, x, size);
}

GradSums SumGrads(const float* dy, const float* x, double mean, int64_t size) {
  return HWY_DYNAMIC_DISPATCH(GradSumsOf)(dy, x, mean, size);
}

}  // namespace tamp

#endif  // HWY_ONCE
