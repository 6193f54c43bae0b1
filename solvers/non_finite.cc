#include "solvers/non_finite.h"

#include <cmath>
#include <cstdint>
#include <vector>

#include "absl/strings/str_cat.h"
#include "net/graph/graph.h"

namespace tamp {
namespace {

bool AllFinite(const ConstView& view, Device* device) {
  std::vector<float> channel(view.shape.spatial());
  for (int64_t n = 0; n < view.shape.num(); ++n) {
    for (int64_t c = 0; c < view.shape.channels(); ++c) {
      device->CopyToHost(view.strided().at(n, c),
                         channel.size() * sizeof(float), channel.data());
      for (const float value : channel) {
        if (!std::isfinite(value)) return false;
      }
    }
  }
  return true;
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
