#include "solvers/non_finite.h"

#include <cmath>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "layers/tensor_copy.h"
#include "net/graph/graph.h"

namespace tamp {
namespace {

bool AllFinite(const ConstView& view, Device* device) {
  return absl::c_all_of(CopyToHost(view, device),
                        [](float value) { return std::isfinite(value); });
}

std::string DescribeNode(const Node& node, Net* net, Device* device) {
  const std::string& layer = node.parameter.name();
  for (const Parameter* parameter : node.parameters) {
    if (!AllFinite(View::Dense(parameter->data, parameter->shape), device)) {
      return absl::StrCat("the parameter \"", parameter->name, "\" of layer \"",
                          layer, "\"");
    }
  }
  for (const int output : node.outputs) {
    const View view = net->executor().value(output);
    if (view.data != nullptr && !AllFinite(view, device)) {
      return absl::StrCat("the output \"", net->graph().values[output].name,
                          "\" of layer \"", layer, "\"");
    }
  }
  return "";
}

}  // namespace

std::string DescribeFirstNonFinite(const StepContext& step, Net* net,
                                   Device* device) {
  const std::vector<Node>& nodes = net->graph().nodes;
  for (size_t i = 0; i < nodes.size(); ++i) {
    net->executor().ForwardNode(static_cast<int>(i), step);
    const std::string found = DescribeNode(nodes[i], net, device);
    if (!found.empty()) return found;
  }
  return "";
}

}  // namespace tamp
