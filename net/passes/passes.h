// The passes, in the order in which they run (pass_table.cc). Each rewrites a
// planned graph as pass.h says, and returns how often it found something to do.

#ifndef TAMP_NET_PASSES_PASSES_H_
#define TAMP_NET_PASSES_PASSES_H_

#include "net/graph/graph.h"

namespace tamp {

// Caffe writes batch normalization as two layers, BatchNorm (which normalizes)
// and Scale (gamma and beta). The pair becomes one BatchNorm with scale_bias;
// its parameters keep their names. A pair stays as it is when another layer
// reads what the BatchNorm makes, or when the Scale is not one gamma and one
// beta for each channel.
//
// Returns the number of pairs merged.
int MergeBatchNormScale(Graph* graph);

// An average over windows and a 1x1 convolution without bias are both linear
// and act on different axes, so they commute. Pooling first leaves a quarter of
// the convolution's work in a transition. A pair is a 1x1 convolution (stride
// 1, no pad, no bias) whose output only an average pooling of 2x2 windows
// reads.
//
// Returns the number of pairs swapped.
int PoolBeforeConvolution(Graph* graph);

// A Concat over channels does nothing when its inputs are written into their
// slices of its output from the start. A dense block becomes one buffer that
// every convolution writes its channels into, and so does its gradient.
//
// What the net's user fills stays where it is, and a value can lie in one place
// only: a Concat that takes an input of the net, or a value that another elided
// Concat has placed already, or one value twice, stays a copy.
//
// Returns the number of Concat layers elided.
int ElideConcat(Graph* graph);

// Batch norms over the same channels compute the same mean and variance, so the
// producer computes them once (BatchNormStatistics) and each consumer only
// applies them (BatchNormApply). In a dense block of L layers O(L^2) passes
// over channels become O(L). kernels/shared_statistics.h has the formulas and
// their source.
//
// A group is a dense block, or a single value: all values that ElideConcat
// placed in one. It shares when everything that reads it is a BatchNorm with
// scale_bias that trains on the batch's own statistics, all with one eps: only
// then is the gradient of every channel that of normalized values. Other
// groups, and nets for testing, stay as they are. Momentum may differ: running
// statistics stay with each consumer.
//
// Returns the number of BatchNorm layers that share.
int ShareStatistics(Graph* graph);

// The chain
//
//   [BatchNorm - ReLU - [average pooling of 2x2]] - Convolution
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
// In nets that train the batch norm is one that ShareStatistics left
// (BatchNormApply); in nets for testing it is any with scale_bias.
//
// Returns the number of convolutions replaced.
int FuseConvolution(Graph* graph);

// The chain
//
//   BatchNorm - ReLU - Pooling - [statistics]
//
// of a stem (the largest of each window) or of a head (the mean of a whole map)
// becomes one FusedPooling that normalizes while it loads its input, so that
// neither the batch norm's output nor the ReLU's is ever stored, and sums up
// while its output is in the cache. Readers and batch norms are as for
// FuseConvolution.
//
// Returns the number of poolings fused.
int FusePooling(Graph* graph);

// In a stem
//
//   FusedConvolution with statistics - FusedPooling
//
// the pooling alone reads the convolution's output and its statistics. So the
// sums that the batch norm's gradient needs (kernels/shared_statistics.h) are
// known as soon as the pooling has gone over its input, and it finishes the
// gradient itself instead of leaving that to the convolution. Then nobody needs
// the convolution's output any more: its gradient is written over it, and the
// largest map of the net and its gradient are one buffer.
//
// Returns the number of poolings that finish.
int FinishInPooling(Graph* graph);

}  // namespace tamp

#endif  // TAMP_NET_PASSES_PASSES_H_
