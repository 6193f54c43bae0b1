#include "net/memory/order_elements.h"

#include <cstdint>
#include <vector>

#include "core/device/memory_traits.h"

namespace tamp {
namespace {

// A stride of so many floats, or the next larger one without conflicts.
int64_t WithoutConflict(const MemoryTraits& traits, int64_t stride) {
  constexpr int64_t kFloatBytes = sizeof(float);
  const bool conflicts = traits.conflicting_stride > 0 &&
                         stride * kFloatBytes % traits.conflicting_stride == 0;
  return conflicts ? stride + traits.row_granularity / kFloatBytes : stride;
}

// Whether the net's user may look at the value.
bool IsOpen(const Graph& graph, int value) {
  return graph.nodes[graph.values[value].producer].inputs.empty() ||
         graph.Consumers(value).empty();
}

void Order(const MemoryTraits& traits, Storage* storage) {
  const Shape& shape = storage->shape;
  const int64_t num = shape.num(), spatial = shape.spatial();
  if (spatial <= traits.largest_cnhw_map) {
    storage->image_stride = spatial;
    storage->channel_stride = WithoutConflict(traits, num * spatial);
  } else {
    storage->channel_stride = WithoutConflict(traits, spatial);
    storage->image_stride = shape.channels() * storage->channel_stride;
  }
}

}  // namespace

void OrderElements(const Graph& graph, const LayoutOptions& options,
                   SharedStorages* shared) {
  std::vector<bool> is_open(shared->storages.size(), options.keep_all_values);
  for (size_t v = 0; v < graph.values.size(); ++v) {
    const int storage = shared->regions[v].storage;
    if (storage >= 0 && IsOpen(graph, static_cast<int>(v))) {
      is_open[storage] = true;
    }
  }
  for (size_t s = 0; s < shared->storages.size(); ++s) {
    Storage& storage = shared->storages[s];
    if (is_open[s] || storage.shape.rank() != 4 || storage.shape.num() == 1) {
      storage.SetDense();
    } else {
      Order(options.memory, &storage);
    }
  }
}

}  // namespace tamp
