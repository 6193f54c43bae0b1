// Scores: the numbers that say how good a net is, as means that carry their
// counts. Those of several batches are put together by adding sums and counts,
// so that neither the sizes of the batches nor ignored labels change a result.

#ifndef TAMP_SOLVERS_EVALUATION_SCORES_H_
#define TAMP_SOLVERS_EVALUATION_SCORES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/types/span.h"

namespace tamp {

struct CountedMean {
  double sum = 0;
  double count = 0;

  void Add(double value, double weight) {
    sum += value * weight;
    count += weight;
  }
  void Add(const CountedMean& other) {
    sum += other.sum;
    count += other.count;
  }
  // None where nothing counted.
  std::optional<double> value() const {
    return count > 0 ? std::optional<double>(sum / count) : std::nullopt;
  }
};

// A top of a net that is a term of its loss, or a score that no layer takes.
struct Score {
  std::string name;          // of the top
  int size = 1;              // numbers: one, or one a class
  double loss_weight = 0;    // of each number in the loss; 0: is no term
  bool is_output = true;     // no layer takes it
  bool is_accuracy = false;  // the first top of an Accuracy layer
};

struct LossAndAccuracy {
  // The sum of the terms times their weights; none where nothing counted.
  std::optional<double> loss;
  // Of the net's first Accuracy layer, where it has one.
  std::optional<double> accuracy;
};

struct NamedMeans {
  std::string name;
  std::vector<CountedMean> numbers;
};

// The result of a test.
struct TestResult {
  int64_t samples = 0;
  LossAndAccuracy mean;
  std::vector<NamedMeans> others;  // scores that `mean` does not hold
};

// The scores of a net, and what their means amount to. Means of all numbers
// stand in one row, those of a score side by side.
class ScoreTable {
 public:
  ScoreTable() = default;
  explicit ScoreTable(std::vector<Score> scores);

  absl::Span<const Score> scores() const { return scores_; }
  int num_numbers() const { return num_numbers_; }

  // Allocates nothing.
  LossAndAccuracy Summarize(absl::Span<const CountedMean> means) const;
  // Outputs that the summary does not hold: all but the accuracy, and but the
  // loss where a single output is the loss.
  std::vector<NamedMeans> Others(absl::Span<const CountedMean> means) const;

 private:
  // Whether the loss is nothing but that score.
  bool IsWholeLoss(int score) const;

  std::vector<Score> scores_;
  std::vector<int> first_;  // number of each score
  int num_numbers_ = 0;
  int accuracy_ = -1;  // of the scores
  int num_terms_ = 0;  // of the loss
};

}  // namespace tamp

#endif  // TAMP_SOLVERS_EVALUATION_SCORES_H_
