// Pass "share_statistics": batch norms over the same channels compute the same
// mean and variance, so the producer computes them once (BatchNormStatistics)
// and each consumer only applies them (BatchNormApply). In a dense block of L
// layers O(L^2) passes over channels become O(L). Formulas and their source in
// kernels/shared_statistics.h.
//
// A group is a dense block, or a single value: all values that the pass
// elide_concat placed in one. It shares when everything that reads it is a
// BatchNorm with scale_bias that trains on the batch's own statistics, all with
// one eps: only then is the gradient of every channel that of normalized
// values. Other groups, and nets for testing, stay as they are. Momentum may
// differ: running statistics stay with each consumer.

#ifndef TAMP_NET_PASSES_SHARE_STATISTICS_H_
#define TAMP_NET_PASSES_SHARE_STATISTICS_H_

#include "net/graph/graph.h"

namespace tamp {

// Number of BatchNorm layers that share.
int ShareStatistics(Graph* graph);

}  // namespace tamp

#endif  // TAMP_NET_PASSES_SHARE_STATISTICS_H_
