// Which layers a pass may take apart or merge with others, and the chains of
// them that passes fuse: each value between two layers of a chain has no other
// reader.

#ifndef TAMP_NET_PASSES_CHAIN_H_
#define TAMP_NET_PASSES_CHAIN_H_

#include "net/graph/graph.h"
#include "proto/layer.pb.h"

namespace tamp {

// Whether the layer's place in the objective and in the flow of gradients is
// that of its wiring alone: it has no loss_weight of its own and no
// propagate_down. A rewriting would have to carry those over.
bool IsOrdinary(const LayerParameter& layer);

// Whether it is an ordinary layer of that type.
bool IsOrdinaryOf(const Node& node, const char* type);

// The node of that type that makes the input 0 of `node` for it alone; else -1.
int OnlyProducer(const Graph& graph, int node, const char* type);

// The node of that type that alone reads the output of `node`; else -1.
int OnlyConsumer(const Graph& graph, int node, const char* type);

// Whether a BatchNorm of a net for testing is a factor and an offset for each
// channel: it has scale_bias and normalizes with running statistics.
bool IsFixedNorm(const Node& norm);

// Whether a ReLU is the comparison with zero alone.
bool IsRectifier(const Node& relu);

// The batch norm and the ReLU whose output `node` alone reads, where they need
// no more than a factor and an offset for each channel and a comparison with
// zero. In nets that train the batch norm is one that shares statistics
// (BatchNormApply); in nets for testing one with scale_bias and running
// statistics. -1 and -1 where there are none.
struct NormAndRelu {
  int norm = -1, relu = -1;
};
NormAndRelu FindNormAndRelu(const Graph& graph, int node);

}  // namespace tamp

#endif  // TAMP_NET_PASSES_CHAIN_H_
