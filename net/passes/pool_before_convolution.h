// Pass "pool_before_convolution": an average over windows and a 1x1 convolution
// without bias are both linear and act on different axes, so they commute.
// Pooling first leaves a quarter of the convolution's work in a transition.

#ifndef TAMP_NET_PASSES_POOL_BEFORE_CONVOLUTION_H_
#define TAMP_NET_PASSES_POOL_BEFORE_CONVOLUTION_H_

#include "net/graph/graph.h"

namespace tamp {

// Number of pairs swapped: a 1x1 convolution (stride 1, no pad, no bias) whose
// output only an average pooling of pairs reads.
int PoolBeforeConvolution(Graph* graph);

}  // namespace tamp

#endif  // TAMP_NET_PASSES_POOL_BEFORE_CONVOLUTION_H_
