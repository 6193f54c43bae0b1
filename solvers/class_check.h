// Whether a net has room for all classes of its data set: a label that it has
// no score for must be found before the first step.

#ifndef TAMP_SOLVERS_CLASS_CHECK_H_
#define TAMP_SOLVERS_CLASS_CHECK_H_

#include "absl/status/status.h"
#include "net/graph.h"

namespace tamp {

// For all labels that come from outside, of a planned graph. An error names the
// layer that uses the label, and both numbers.
absl::Status CheckClasses(const Graph& graph, int num_classes);

}  // namespace tamp

#endif  // TAMP_SOLVERS_CLASS_CHECK_H_
