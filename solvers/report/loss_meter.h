// Means of a net's scores over iterations: over an epoch, or over the last few.
// Neither allocates when numbers are added.

#ifndef TAMP_SOLVERS_REPORT_LOSS_METER_H_
#define TAMP_SOLVERS_REPORT_LOSS_METER_H_

#include <algorithm>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "solvers/evaluation/scores.h"

namespace tamp {

// Means since it was made or reset.
class LossMeter {
 public:
  // The table must outlive the meter.
  explicit LossMeter(const ScoreTable* table)
      : table_(table), means_(table->num_numbers()) {}

  // An iteration's numbers, one a number of the table.
  void Add(absl::Span<const CountedMean> means, double seconds) {
    for (size_t i = 0; i < means_.size(); ++i) means_[i].Add(means[i]);
    seconds_ += seconds;
    ++count_;
  }
  void Reset() {
    std::fill(means_.begin(), means_.end(), CountedMean());
    seconds_ = 0;
    count_ = 0;
  }

  int64_t count() const { return count_; }  // iterations
  double seconds() const { return seconds_; }
  LossAndAccuracy Mean() const { return table_->Summarize(means_); }

 private:
  const ScoreTable* const table_;
  std::vector<CountedMean> means_;
  double seconds_ = 0;
  int64_t count_ = 0;
};

// Means over the last `size` iterations, or as many as there were.
class MovingLoss {
 public:
  // The table must outlive it. REQUIRES: size is positive.
  MovingLoss(const ScoreTable* table, int64_t size)
      : table_(table), size_(size), ring_(size * table->num_numbers()) {}

  void Add(absl::Span<const CountedMean> means) {
    const int64_t slot = count_++ % size_;
    std::copy(means.begin(), means.end(), ring_.begin() + slot * means.size());
  }

  LossAndAccuracy Mean() const {
    LossMeter meter(table_);
    const size_t numbers = table_->num_numbers();
    for (int64_t i = 0; i < std::min(size_, count_); ++i) {
      meter.Add(absl::MakeSpan(ring_).subspan(i * numbers, numbers), 0);
    }
    return meter.Mean();
  }

 private:
  const ScoreTable* const table_;
  const int64_t size_;
  std::vector<CountedMean> ring_;
  int64_t count_ = 0;
};

}  // namespace tamp

#endif  // TAMP_SOLVERS_REPORT_LOSS_METER_H_
