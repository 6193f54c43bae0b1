// What happens to the gradient of z on its way into dx: the mask of ReLU,
// gamma, the sums for the gradients of gamma and beta, and the finishing.

// Compiled once for each instruction set, hence the guard that toggles.
#if defined(TAMP_LAYERS_FUSED_POOLING_CPU_GRADIENT_H_) == \
    defined(HWY_TARGET_TOGGLE)
#ifdef TAMP_LAYERS_FUSED_POOLING_CPU_GRADIENT_H_
#undef TAMP_LAYERS_FUSED_POOLING_CPU_GRADIENT_H_
#else
#define TAMP_LAYERS_FUSED_POOLING_CPU_GRADIENT_H_
#endif

#include <cstdint>

#include "kernels/fused_norm.h"
#include "kernels/grad_mode.h"
#include "kernels/shared_statistics.h"
#include "layers/fused_pooling/cpu/rows.h"

HWY_BEFORE_NAMESPACE();
namespace tamp {
namespace HWY_NAMESPACE {

// One channel. It is stored once, or, when it is finished, twice: in kSkip for
// the sums alone, and then in kWrite.
class InputGradient {
 public:
  InputGradient(const FusedNormTerms<const float>& norm, const float* gamma,
                int64_t channel, GradMode mode)
      : mode_(mode),
        scale_(hn::Set(D(), norm.scale[channel])),
        shift_(hn::Set(D(), norm.shift[channel])),
        mean_(hn::Set(D(), norm.mean[channel])),
        factor_(hn::Set(D(), gamma[channel])) {}

  // From here on what is stored is p * dx + q * x + r.
  void FinishWith(const GradientTerms& terms, GradMode mode) {
    mode_ = mode;
    finishes_ = true;
    factor_ = hn::Mul(factor_, hn::Set(D(), static_cast<float>(terms.p)));
    q_ = hn::Set(D(), static_cast<float>(terms.q));
    r_ = hn::Set(D(), static_cast<float>(terms.r));
  }

  // `count` elements that adjoin; dz(i) is the vector of the gradients of z
  // from i on, of which lanes behind `count` may be anything. dx may be x.
  template <class Dz>
  HWY_INLINE void Store(const float* x, int64_t count, Dz dz, float* dx) {
    const D d;
    V sum = hn::Zero(d), product = hn::Zero(d);
    int64_t i = 0;
    for (; i + kLanes <= count; i += kLanes) {
      const V grad = Gradient(dz(i), hn::LoadU(d, x + i), &sum, &product);
      if (mode_ == GradMode::kSkip) continue;
      __builtin_prefetch(dx + i + kAhead, 1, 3);
      hn::StoreU(
          mode_ == GradMode::kAdd ? hn::Add(grad, hn::LoadU(d, dx + i)) : grad,
          d, dx + i);
    }
    if (i < count) {
      const int64_t left = count - i;
      const V last = hn::IfThenElseZero(hn::FirstN(d, left), dz(i));
      V grad = Gradient(last, LoadLanes(d, x + i, left), &sum, &product);
      if (mode_ == GradMode::kAdd) {
        grad = hn::Add(grad, LoadLanes(d, dx + i, left));
      }
      if (mode_ != GradMode::kSkip) StoreLanes(d, grad, left, dx + i);
    }
    sum_ = hn::Add(sum_, sum);
    product_ = hn::Add(product_, product);
  }

  // Called after an image, or a large piece of one: few floats are added up
  // before they go on as double.
  void AddUp() {
    const D d;
    total_sum_ += hn::GetLane(hn::SumOfLanes(d, sum_));
    total_product_ += hn::GetLane(hn::SumOfLanes(d, product_));
    sum_ = product_ = hn::Zero(d);
  }
  // Sums of dz * mask, and of the same times x - mean.
  double sum() const { return total_sum_; }
  double product() const { return total_product_; }

 private:
  HWY_INLINE V Gradient(V dz, V x, V* sum, V* product) const {
    const auto passes = hn::Gt(hn::MulAdd(x, scale_, shift_), hn::Zero(D()));
    const V masked = hn::IfThenElseZero(passes, dz);
    *sum = hn::Add(*sum, masked);
    *product = hn::MulAdd(masked, hn::Sub(x, mean_), *product);
    if (!finishes_) return hn::Mul(masked, factor_);
    return hn::MulAdd(masked, factor_, hn::MulAdd(q_, x, r_));
  }

  GradMode mode_;
  bool finishes_ = false;
  const V scale_, shift_, mean_;
  V factor_;  // of dz * mask
  V q_ = hn::Zero(D()), r_ = hn::Zero(D());
  V sum_ = hn::Zero(D()), product_ = hn::Zero(D());
  double total_sum_ = 0, total_product_ = 0;
};

// dy of one channel; g itself where the terms are null.
class OutputGradient {
 public:
  OutputGradient(const FinishingTerms<float>& terms, int64_t channel)
      : is_finished_(terms.p == nullptr),
        p_(hn::Set(D(), is_finished_ ? 1 : terms.p[channel])),
        q_(hn::Set(D(), is_finished_ ? 0 : terms.q[channel])),
        r_(hn::Set(D(), is_finished_ ? 0 : terms.r[channel])) {}

  bool reads_y() const { return !is_finished_; }

  // The first `count` lanes, the others are 0.
  HWY_INLINE V operator()(const float* g, const float* y, int64_t count) const {
    const D d;
    if (count >= kLanes) {
      const V grad = hn::LoadU(d, g);
      return is_finished_ ? grad : Finish(grad, hn::LoadU(d, y));
    }
    const V grad = LoadLanes(d, g, count);
    if (is_finished_) return grad;
    return hn::IfThenElseZero(hn::FirstN(d, count),
                              Finish(grad, LoadLanes(d, y, count)));
  }

 private:
  HWY_INLINE V Finish(V g, V y) const {
    return hn::MulAdd(p_, g, hn::MulAdd(q_, y, r_));
  }

  const bool is_finished_;
  const V p_, q_, r_;
};

}  // namespace HWY_NAMESPACE
}  // namespace tamp
HWY_AFTER_NAMESPACE();

#endif  // TAMP_LAYERS_FUSED_POOLING_CPU_GRADIENT_H_
