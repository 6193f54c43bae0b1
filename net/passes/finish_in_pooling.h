// Pass "finish_in_pooling": of a stem
//
//   FusedConvolution with statistics - FusedPooling
//
// the pooling alone reads the convolution's output and its statistics. So the
// sums that the batch norm's gradient needs (kernels/shared_statistics.h) are
// known as soon as the pooling has gone over its input, and it finishes the
// gradient itself instead of leaving that to the convolution. Then nobody needs
// the convolution's output any more: its gradient is written over it, and the
// largest map of the net and its gradient are one buffer.

#ifndef TAMP_NET_PASSES_FINISH_IN_POOLING_H_
#define TAMP_NET_PASSES_FINISH_IN_POOLING_H_

#include "net/graph/graph.h"

namespace tamp {

// Number of poolings that finish.
int FinishInPooling(Graph* graph);

}  // namespace tamp

#endif  // TAMP_NET_PASSES_FINISH_IN_POOLING_H_
