#include "net/memory/memory_order.h"

#include <cstdint>
#include <vector>

namespace tamp {
namespace {

// Pixels of the largest map that lies in CNHW order.
constexpr int64_t kSmallMap = 256;

constexpr int64_t kPageFloats = 1024, kLineFloats = 16;

int64_t OffPages(int64_t stride) {
  return stride % kPageFloats == 0 ? stride + kLineFloats : stride;
}

// Whether the net's user may look at the value.
bool IsOpen(const Graph& graph, int value) {
  return graph.nodes[graph.values[value].producer].inputs.empty() ||
         graph.Consumers(value).empty();
}

void Order(Storage* storage) {
  const Shape& shape = storage->shape;
  const int64_t num = shape.num(), spatial = shape.spatial();
  if (spatial <= kSmallMap) {
    storage->image_stride = spatial;
    storage->channel_stride = OffPages(num * spatial);
  } else {
    storage->channel_stride = OffPages(spatial);
    storage->image_stride = shape.channels() * storage->channel_stride;
  }
}

}  // namespace

void OrderStorages(const Graph& graph, bool keep_all_values,
                   StorageAssignment* assignment) {
  std::vector<bool> is_open(assignment->storages.size(), keep_all_values);
  for (size_t v = 0; v < graph.values.size(); ++v) {
    const int storage = assignment->regions[v].storage;
    if (storage >= 0 && IsOpen(graph, static_cast<int>(v))) {
      is_open[storage] = true;
    }
  }
  for (size_t s = 0; s < assignment->storages.size(); ++s) {
    Storage& storage = assignment->storages[s];
    if (is_open[s] || storage.shape.rank() != 4 || storage.shape.num() == 1) {
      storage.SetDense();
    } else {
      Order(&storage);
    }
  }
}

}  // namespace tamp
