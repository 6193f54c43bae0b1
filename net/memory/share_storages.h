// Step 1 of lay_out_memory.h: which values (or gradients) share a storage, and
// when it is used.
//
// Every value starts with a storage of its own, or inside another value's where
// a pass has placed it. Then layers that can work in place move their input to
// where their output lies, if nobody needs the input afterwards.

#ifndef TAMP_NET_MEMORY_SHARE_STORAGES_H_
#define TAMP_NET_MEMORY_SHARE_STORAGES_H_

#include <vector>

#include "net/graph/gradient_flow.h"
#include "net/graph/graph.h"
#include "net/memory/life.h"
#include "net/memory/memory_layout.h"

namespace tamp {

struct SharedStorages {
  std::vector<Region> regions;    // per value
  std::vector<Storage> storages;  // without buffers
  std::vector<Uses> uses;         // per storage
};

SharedStorages ShareDataStorages(const Graph& graph, const GradientFlow& flow,
                                 const LayoutOptions& options);

// Uses are left empty: they follow from the writes, see gradient_writes.h.
SharedStorages ShareGradientStorages(const Graph& graph,
                                     const GradientFlow& flow,
                                     const LayoutOptions& options);

}  // namespace tamp

#endif  // TAMP_NET_MEMORY_SHARE_STORAGES_H_
