// Pass "fuse_dense_convolution": the chain
//
//   [BatchNorm - ReLU - [average pooling of pairs]] - Convolution
//       - [Dropout] - [statistics]
//
// becomes one DenseConvolution that normalises while it loads its input, so
// that neither the batch norm's output nor the ReLU's is ever stored, and drops
// and sums up while its output is in the cache. A chain is fused as far as it
// goes: each value between two of its layers must have no other reader, and
// there must be something to fuse.
//
// In nets that train the batch norm is one that shares statistics (see
// share_statistics.h); in nets for testing any with scale_bias.

#ifndef TAMP_NET_PASSES_FUSE_DENSE_CONVOLUTION_H_
#define TAMP_NET_PASSES_FUSE_DENSE_CONVOLUTION_H_

#include "net/graph.h"

namespace tamp {

// Number of convolutions fused with something.
int FuseDenseConvolution(Graph* graph);

}  // namespace tamp

#endif  // TAMP_NET_PASSES_FUSE_DENSE_CONVOLUTION_H_
