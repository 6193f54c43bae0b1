// What tests do with a planned net before they run it.

#ifndef TAMP_TESTS_UTIL_PLANNED_NET_RUN_H_
#define TAMP_TESTS_UTIL_PLANNED_NET_RUN_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "core/device/buffer.h"
#include "core/device/device.h"
#include "core/rng.h"
#include "core/status_macros.h"
#include "layers/tensor_copy.h"
#include "net/executor.h"
#include "net/graph/graph.h"
#include "net/memory/lay_out_memory.h"
#include "net/memory/memory_layout.h"
#include "net/memory/place_buffers.h"
#include "net/planned_net.h"

namespace tamp {

// Lays the net out anew so that all that can be recomputed is.
inline void RecomputeEverything(const Device& device, PlannedNet* net) {
  LayoutOptions options;
  options.memory = device.memory_traits();
  const LayoutMaker maker(net->graph, options);
  net->layout =
      maker.LayOut(std::vector<bool>(maker.recomputable().size(), true));
  net->layout.plan = PlaceBuffers(net->layout.buffers, options.memory);
}

// Memory for the net that holds what shows where it is read before it is
// written.
inline absl::StatusOr<Buffer> AllocateArena(const PlannedNet& net,
                                            Device* device) {
  const int64_t bytes = net.layout.plan.total_bytes;
  ASSIGN_OR_RETURN(Buffer arena, device->Allocate(bytes));
  device->Fill({arena.floats(), 1, 1, 0, 0, bytes / int64_t{sizeof(float)}},
               1e30f);
  return arena;
}

// Labels take turns in all classes; other inputs are random.
inline void FillInputs(const Graph& graph, int num_classes, Device* device,
                       Executor* executor) {
  RandomStream random(11);
  for (const Node& node : graph.nodes) {
    if (!node.plan.outputs_are_external) continue;
    for (const int output : node.outputs) {
      const View view = executor->value(output);
      const bool is_label = view.shape.rank() == 1;
      std::vector<float> elements(view.shape.num_elements());
      for (size_t i = 0; i < elements.size(); ++i) {
        elements[i] = is_label ? static_cast<float>(i % num_classes)
                               : static_cast<float>(random.Uniform(-1, 1));
      }
      CopyFromHost(elements, device, view);
    }
  }
}

}  // namespace tamp

#endif  // TAMP_TESTS_UTIL_PLANNED_NET_RUN_H_
