// Which values (or gradients) share memory, and for how long it is needed.
//
// Every value starts with a storage of its own, or inside another value's where
// a pass has placed it. Then layers that can work in place move their input to
// where their output lies, if nobody needs the input afterwards.

#ifndef TAMP_NET_MEMORY_STORAGE_ASSIGNMENT_H_
#define TAMP_NET_MEMORY_STORAGE_ASSIGNMENT_H_

#include <vector>

#include "net/graph/gradient_flow.h"
#include "net/graph/graph.h"
#include "net/memory/life.h"
#include "net/memory/memory_layout.h"

namespace tamp {

struct StorageAssignment {
  std::vector<Region> regions;    // per value
  std::vector<Storage> storages;  // buffers not set
  std::vector<Uses> uses;         // per storage
};

StorageAssignment AssignDataStorages(const Graph& graph,
                                     const GradientFlow& flow,
                                     const LayoutOptions& options);

// Uses are left empty: they follow from the writes, see gradient_writes.h.
StorageAssignment AssignGradientStorages(const Graph& graph,
                                         const GradientFlow& flow,
                                         const LayoutOptions& options);

}  // namespace tamp

#endif  // TAMP_NET_MEMORY_STORAGE_ASSIGNMENT_H_
