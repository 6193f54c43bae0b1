// Whether a net can use all labels of its data set: one that it has no score
// for and does not ignore must be found before the first step.

#ifndef TAMP_SOLVERS_EVALUATION_CLASS_CHECK_H_
#define TAMP_SOLVERS_EVALUATION_CLASS_CHECK_H_

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "data/datasets/outside_label.h"
#include "net/graph/graph.h"

namespace tamp {

// Of a planned graph whose labels come from outside: 0..num_classes-1, and
// those that are no class. An error names the layer that uses the label, and
// both numbers of classes, or the first sample with the label.
absl::Status CheckClasses(const Graph& graph, int num_classes,
                          absl::Span<const OutsideLabel> outside_labels);

}  // namespace tamp

#endif  // TAMP_SOLVERS_EVALUATION_CLASS_CHECK_H_
