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
#include "net/memory/memory_layout.h"

namespace tamp {

// A span of steps; empty until something is added.
struct Life {
  int first = -1;
  int last = -1;

  void Include(int step) {
    if (first < 0 || step < first) first = step;
    if (step > last) last = step;
  }
  void Include(const Life& other) {
    if (other.is_empty()) return;
    Include(other.first);
    Include(other.last);
  }
  bool is_empty() const { return first < 0; }
  bool Contains(int step) const { return first <= step && step <= last; }
};

// Step numbers of a graph.
class Clock {
 public:
  explicit Clock(const Graph& graph)
      : nodes_(static_cast<int>(graph.nodes.size())) {}
  int forward(int node) const { return node; }
  int backward(int node) const { return 2 * nodes_ - 1 - node; }
  // The node that runs at a step, forward or backward.
  int node(int step) const {
    return step < nodes_ ? step : 2 * nodes_ - 1 - step;
  }
  int end() const { return 2 * nodes_; }

 private:
  int nodes_;
};

struct StorageAssignment {
  std::vector<Region> regions;    // per value
  std::vector<Storage> storages;  // buffers not set
  std::vector<Life> lives;        // per storage
  // Of data, two parts of the life, per storage: uses up to the last of the
  // forward steps, and uses in backward. What must be there all the time has
  // the end in its forward part.
  std::vector<Life> forward_uses, backward_uses;
};

StorageAssignment AssignDataStorages(const Graph& graph,
                                     const GradientFlow& flow,
                                     const LayoutOptions& options);

// Lives are left empty: they follow from the writes, see gradient_writes.h.
StorageAssignment AssignGradientStorages(const Graph& graph,
                                         const GradientFlow& flow,
                                         const LayoutOptions& options);

}  // namespace tamp

#endif  // TAMP_NET_MEMORY_STORAGE_ASSIGNMENT_H_
