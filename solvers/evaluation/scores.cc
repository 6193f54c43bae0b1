#include "solvers/evaluation/scores.h"

namespace tamp {

ScoreTable::ScoreTable(std::vector<Score> scores) : scores_(std::move(scores)) {
  for (size_t s = 0; s < scores_.size(); ++s) {
    const Score& score = scores_[s];
    first_.push_back(num_numbers_);
    num_numbers_ += score.size;
    num_terms_ += score.loss_weight != 0;
    if (accuracy_ < 0 && score.is_accuracy && score.is_output) {
      accuracy_ = static_cast<int>(s);
    }
  }
}

LossAndAccuracy ScoreTable::Summarize(
    absl::Span<const CountedMean> means) const {
  LossAndAccuracy summary;
  for (size_t s = 0; s < scores_.size(); ++s) {
    if (scores_[s].loss_weight == 0) continue;
    for (const CountedMean& mean : means.subspan(first_[s], scores_[s].size)) {
      // A term of which nothing counts adds nothing, as in the layer.
      if (mean.count == 0) continue;
      summary.loss =
          summary.loss.value_or(0) + scores_[s].loss_weight * *mean.value();
    }
  }
  if (accuracy_ >= 0) summary.accuracy = means[first_[accuracy_]].value();
  return summary;
}

std::vector<NamedMeans> ScoreTable::Others(
    absl::Span<const CountedMean> means) const {
  std::vector<NamedMeans> others;
  for (size_t s = 0; s < scores_.size(); ++s) {
    const int score = static_cast<int>(s);
    if (!scores_[s].is_output || score == accuracy_ || IsWholeLoss(score)) {
      continue;
    }
    const auto numbers = means.subspan(first_[s], scores_[s].size);
    others.push_back({scores_[s].name, {numbers.begin(), numbers.end()}});
  }
  return others;
}

bool ScoreTable::IsWholeLoss(int score) const {
  return num_terms_ == 1 && scores_[score].loss_weight == 1 &&
         scores_[score].size == 1;
}

}  // namespace tamp
