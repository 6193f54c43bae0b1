// MemoryLayout: where every value, gradient, saved tensor and workspace of a
// planned graph lies in the arena, and when it is alive. lay_out_memory.h makes
// it.

#ifndef TAMP_NET_MEMORY_MEMORY_LAYOUT_H_
#define TAMP_NET_MEMORY_MEMORY_LAYOUT_H_

#include <cstdint>
#include <vector>

#include "core/device/memory_traits.h"
#include "core/shape.h"
#include "kernels/grad_mode.h"
#include "layers/tensor.h"
#include "net/graph/graph.h"
#include "net/memory/place_buffers.h"

namespace tamp {

// Time in the life of a buffer: node i runs forward at step i and backward at
// step 2 n - 1 - i, n being the number of nodes. A net for inference has
// forward steps only. Nodes that run forward again do so in the step of the
// backward that they run before.
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

// Where a tensor lies: the channels from channel_offset on of a storage, which
// is larger than it where producers write into their slice of a dense block.
struct Region {
  int storage = -1;  // -1: has no memory
  int64_t channel_offset = 0;

  friend bool operator==(const Region& a, const Region& b) {
    return a.storage == b.storage && a.channel_offset == b.channel_offset;
  }
};

// Memory for one tensor, or for several that share it.
struct Storage {
  Shape shape;
  int buffer = -1;  // in MemoryLayout::buffers
  // Where the data lies when it was made again for backward (recomputation.h);
  // -1: it was kept in `buffer`.
  int second_buffer = -1;
  // As in View, in floats; see order_elements.h.
  int64_t image_stride = 0, channel_stride = 0;

  void SetDense() {
    channel_stride = shape.spatial();
    image_stride = shape.channels() * channel_stride;
  }
  // From the first element to behind the last.
  int64_t num_floats() const {
    return (shape.num() - 1) * image_stride +
           (shape.channels() - 1) * channel_stride + shape.spatial();
  }
  View At(float* memory) const {
    return {memory, shape, image_stride, channel_stride};
  }
};

// Channels of a gradient storage that nobody has written when they are added to
// or read: they are cleared first.
struct ZeroRange {
  int storage;
  int64_t begin;
  int64_t count;
};

struct NodeLayout {
  bool runs_backward = false;
  std::vector<GradMode> input_grad_modes;
  std::vector<ZeroRange> zero_before_backward;
  // Nodes that run forward again before this one's backward, in this order, in
  // its backward workspace.
  std::vector<int> recomputed_before_backward;
  // Buffers.
  std::vector<int> saved;
  std::vector<int> counts;  // of the outputs that are means
  int forward_workspace = -1;
  int backward_workspace = -1;
};

struct MemoryLayout {
  std::vector<Region> data;      // per value
  std::vector<Region> gradient;  // per value
  std::vector<Storage> data_storages;
  std::vector<Storage> gradient_storages;
  std::vector<NodeLayout> nodes;  // per node

  std::vector<BufferRequest> buffers;
  MemoryPlan plan;
};

struct LayoutOptions {
  bool with_backward = true;
  // Every value and gradient has memory of its own that lives to the end.
  bool keep_all_values = false;
  // Of the device that the arena is on.
  MemoryTraits memory = {};
};

}  // namespace tamp

#endif  // TAMP_NET_MEMORY_MEMORY_LAYOUT_H_
