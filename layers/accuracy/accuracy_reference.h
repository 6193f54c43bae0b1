// Accuracy in plain loops, by sorting: the definition that fast kernels are
// held against.

#ifndef TAMP_LAYERS_ACCURACY_ACCURACY_REFERENCE_H_
#define TAMP_LAYERS_ACCURACY_ACCURACY_REFERENCE_H_

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include "core/label.h"
#include "layers/accuracy/accuracy_kernel.h"

namespace tamp {

// Whether the label is among the best top_k of the scores.
template <typename T>
bool IsAmongBestReference(const std::vector<T>& scores, int64_t label,
                          int64_t top_k) {
  for (const T score : scores) {
    if (std::isnan(score) || (std::isinf(score) && score > 0)) return false;
  }
  if (std::isinf(scores[label])) return false;
  // Best first; of equal scores the label last.
  std::vector<std::pair<T, bool>> ranking;
  for (int64_t k = 0; k < static_cast<int64_t>(scores.size()); ++k) {
    ranking.push_back({-scores[k], k == label});
  }
  std::sort(ranking.begin(), ranking.end());
  bool found = false;
  for (int64_t rank = 0; rank < top_k; ++rank) found |= ranking[rank].second;
  return found;
}

template <typename T>
void AccuracyForwardReference(const AccuracyOptions& options,
                              const AccuracyForwardArgs<T>& args) {
  const AxisLines& lines = options.lines;
  std::vector<T> counted(lines.length), right(lines.length);
  T all_counted = 0, all_right = 0;
  for (int64_t i = 0; i < lines.count(); ++i) {
    const T label = *ElementAt(args.labels, options.labels, i);
    if (IsIgnoredLabel(label, options.has_ignore_label, options.ignore_label)) {
      continue;
    }
    const int64_t true_class = ClassOfLabel(label, lines.length);
    std::vector<T> scores;
    for (int64_t k = 0; k < lines.length; ++k) {
      scores.push_back(lines.first(args.x, i)[k * lines.stride(args.x)]);
    }
    const bool is_right =
        IsAmongBestReference(scores, true_class, options.top_k);
    counted[true_class] += 1;
    right[true_class] += is_right;
    all_counted += 1;
    all_right += is_right;
  }
  for (int64_t k = 0; k < lines.length; ++k) {
    *args.class_accuracy.at(k, 0) = counted[k] > 0 ? right[k] / counted[k] : 0;
    args.class_counts[k] = counted[k];
  }
  *args.accuracy = all_counted > 0 ? all_right / all_counted : 0;
  *args.count = all_counted;
}

}  // namespace tamp

#endif  // TAMP_LAYERS_ACCURACY_ACCURACY_REFERENCE_H_
