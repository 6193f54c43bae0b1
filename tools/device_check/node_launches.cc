#include "tools/device_check/node_launches.h"

#include "absl/algorithm/container.h"
#include "kernels/grad_mode.h"
#include "net/graph/parameter_store.h"

namespace tamp {

int64_t NodeLaunches::stored_input_grad() const {
  switch (input_grad_mode()) {
    case GradMode::kSkip:
      return 0;
    case GradMode::kWrite:
      return input_size();
    case GradMode::kAdd:
      return 2 * input_size();
  }
  return 0;
}

bool NodeLaunches::wants_more_than_weight() const {
  const auto is_wanted = [](GradMode mode) { return mode != GradMode::kSkip; };
  if (absl::c_any_of(layout_.input_grad_modes, is_wanted)) return true;
  for (size_t p = 1; p < node_.parameters.size(); ++p) {
    if (node_.parameters[p]->learns()) return true;
  }
  return false;
}

bool NodeLaunches::IsWhole(int value, bool is_gradient) const {
  const Shape& shape = net_.graph.values[value].shape;
  const MemoryLayout& layout = net_.layout;
  const Region& region =
      is_gradient ? layout.gradient[value] : layout.data[value];
  const auto& storages =
      is_gradient ? layout.gradient_storages : layout.data_storages;
  if (region.storage < 0 || shape.num() == 1) return true;
  return storages[region.storage].shape == shape;
}

}  // namespace tamp
