// Pass "fuse_convolution": the chain
//
//   [BatchNorm - ReLU - [average pooling of pairs]] - Convolution
//       - [Dropout] - [statistics]          in nets that train
//       - [BatchNorm - [ReLU]]              in nets for testing
//
// becomes one FusedConvolution that normalizes while it loads its input, so
// that neither the batch norm's output nor the ReLU's is ever stored, and drops
// and sums up while its output is in the cache. A chain is fused as far as it
// goes: each value between two of its layers must have no other reader. A
// convolution alone is replaced too, since the kernel is the faster one.
//
// Kernels are 3x3 with pad 1 and 1x1, of stride 1; or of any size, pad and
// stride where the convolution is the first of the net and nothing is in front
// of it.
//
// In nets that train the batch norm is one that shares statistics (see
// share_statistics.h); in nets for testing any with scale_bias.

#ifndef TAMP_NET_PASSES_FUSE_CONVOLUTION_H_
#define TAMP_NET_PASSES_FUSE_CONVOLUTION_H_

#include "net/graph/graph.h"

namespace tamp {

// Number of convolutions replaced.
int FuseConvolution(Graph* graph);

}  // namespace tamp

#endif  // TAMP_NET_PASSES_FUSE_CONVOLUTION_H_
