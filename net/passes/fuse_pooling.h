// Pass "fuse_pooling": the chain
//
//   BatchNorm - ReLU - Pooling - [statistics]
//
// of a stem (the largest of each window) or of a head (the mean of a whole map)
// becomes one FusedPooling that normalizes while it loads its input, so that
// neither the batch norm's output nor the ReLU's is ever stored, and sums up
// while its output is in the cache. Each value between two of the layers must
// have no other reader.
//
// In nets that train the batch norm is one that shares statistics (see
// share_statistics.h); in nets for testing any with scale_bias.

#ifndef TAMP_NET_PASSES_FUSE_POOLING_H_
#define TAMP_NET_PASSES_FUSE_POOLING_H_

#include "net/graph/graph.h"

namespace tamp {

// Number of poolings fused.
int FusePooling(Graph* graph);

}  // namespace tamp

#endif  // TAMP_NET_PASSES_FUSE_POOLING_H_
