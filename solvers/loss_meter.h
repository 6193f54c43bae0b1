// Means of losses and accuracies over iterations: over an epoch, or over the
// last few. Neither allocates when a number is added.

#ifndef TAMP_SOLVERS_LOSS_METER_H_
#define TAMP_SOLVERS_LOSS_METER_H_

#include <cstdint>
#include <vector>

#include "solvers/training_observer.h"

namespace tamp {

// Since it was made or reset. All batches have the same size, so the mean over
// iterations is the mean over samples.
class LossMeter {
 public:
  void Add(const LossAndAccuracy& value, double seconds) {
    sum_.loss += value.loss;
    if (value.accuracy)
      sum_.accuracy = sum_.accuracy.value_or(0) + *value.accuracy;
    seconds_ += seconds;
    ++count_;
  }
  void Reset() { *this = LossMeter(); }

  int64_t count() const { return count_; }
  double seconds() const { return seconds_; }
  // REQUIRES: count is positive.
  LossAndAccuracy Mean() const {
    LossAndAccuracy mean = {sum_.loss / count_, sum_.accuracy};
    if (mean.accuracy) *mean.accuracy /= count_;
    return mean;
  }

 private:
  LossAndAccuracy sum_;
  double seconds_ = 0;
  int64_t count_ = 0;
};

// Over the last `size` additions, or as many as there were.
class MovingLoss {
 public:
  // REQUIRES: size is positive.
  explicit MovingLoss(int64_t size) : values_(size) {}

  void Add(const LossAndAccuracy& value) {
    values_[count_ % static_cast<int64_t>(values_.size())] = value;
    ++count_;
  }

  // REQUIRES: something was added.
  LossAndAccuracy Mean() const {
    LossMeter meter;
    const int64_t size = static_cast<int64_t>(values_.size());
    for (int64_t i = 0; i < size && i < count_; ++i) meter.Add(values_[i], 0);
    return meter.Mean();
  }

 private:
  std::vector<LossAndAccuracy> values_;
  int64_t count_ = 0;
};

}  // namespace tamp

#endif  // TAMP_SOLVERS_LOSS_METER_H_
