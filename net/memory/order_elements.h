// Step 2 of lay_out_memory.h: in which order the elements of a storage lie in
// memory. Two things decide:
//
// - Kernels walk over the pixels of a channel. Where a map is small (14x14,
//   7x7), pixels of all images side by side (CNHW) fill their panels; where it
//   is large, images apart (NCHW) keep the work of a thread together.
// - Channels that lie some strides apart get in each other's way, on a CPU in
//   the same few sets of the first-level cache, so such strides get a gap.
//
// What is large, and which strides, the device's MemoryTraits say.
//
// Memory that the net's user reads or fills stays dense and in NCHW order.

#ifndef TAMP_NET_MEMORY_ORDER_ELEMENTS_H_
#define TAMP_NET_MEMORY_ORDER_ELEMENTS_H_

#include "net/graph/graph.h"
#include "net/memory/memory_layout.h"
#include "net/memory/share_storages.h"

namespace tamp {

// Sets the strides of all storages. With keep_all_values all stay dense.
void OrderElements(const Graph& graph, const LayoutOptions& options,
                   SharedStorages* shared);

}  // namespace tamp

#endif  // TAMP_NET_MEMORY_ORDER_ELEMENTS_H_
