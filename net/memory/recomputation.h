// Recomputation: data that is not kept from forward to backward. Its memory is
// given away after its last use in forward, and the layers that make it run
// forward again right before its first use in backward (Chen et al., "Training
// Deep Nets with Sublinear Memory Cost", 2016; for DenseNets Pleiss et al.,
// "Memory-Efficient Implementation of DenseNets", 2017). So a storage lives
// twice, at two places. Layers are functions of their inputs, parameters, seed
// and step: the second time they make the same bits.
//
// A dense block's own features cannot be recomputed, everything else of it is
// made from them: the outputs of its 1x1 bottleneck convolutions are as many
// bytes as all the block's features, and cost a few per cent of a step.

#ifndef TAMP_NET_MEMORY_RECOMPUTATION_H_
#define TAMP_NET_MEMORY_RECOMPUTATION_H_

#include <cstdint>
#include <vector>

#include "net/graph/graph.h"
#include "net/memory/share_storages.h"

namespace tamp {

// A data storage that can be made again.
struct Recomputable {
  int storage = -1;
  // The nodes that write it, ascending: the first reads other storages, the
  // others work in place. All of them run again.
  std::vector<int> nodes;
  int64_t bytes = 0;
  int64_t multiply_adds = 0;  // of running the nodes once
  // The steps between its last use in forward and its first in backward.
  Life unused;
};

// By storage, ascending. A storage can be made again if nothing but whole
// values lie in it, they are the first outputs of layers with inputs, and what
// these layers read is not overwritten later.
std::vector<Recomputable> FindRecomputable(const Graph& graph,
                                           const SharedStorages& data);

struct RecomputationSchedule {
  // Per data storage. Those that are kept live once, in `first`.
  std::vector<Life> first, second;
  // Per node: nodes that run forward again before its backward, in this order,
  // at the step of its backward.
  std::vector<std::vector<int>> before_backward;
};

// When what lives and runs if some storages are recomputed: is_recomputed has
// one element for each of `recomputable`. What a recomputation reads is kept
// until then, or recomputed itself.
RecomputationSchedule ScheduleRecomputation(
    const Graph& graph, const SharedStorages& data,
    const std::vector<Recomputable>& recomputable,
    const std::vector<bool>& is_recomputed);

}  // namespace tamp

#endif  // TAMP_NET_MEMORY_RECOMPUTATION_H_
