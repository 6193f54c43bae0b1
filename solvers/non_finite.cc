#include "solvers/non_finite.h"

#include <cmath>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "layers/tensor_copy.h"
#include "net/graph/graph.h"
#include "net/node_observer.h"

namespace tamp {
namespace {

bool AllFinite(const ConstView& view, Device* device) {
  return absl::c_all_of(CopyToHost(view, device),
                        [](float value) { return std::isfinite(value); });
}

std::string DescribeNode(const Node& node, const Net& net, Device* device) {
  const std::string& layer = node.parameter.name();
  for (const Parameter* parameter : node.parameters) {
    if (!AllFinite(View::Dense(parameter->data, parameter->shape), device)) {
      return absl::StrCat("the parameter \"", parameter->name, "\" of layer \"",
                          layer, "\"");
    }
  }
  for (const int output : node.outputs) {
    const View view = net.value(output);
    if (view.data != nullptr && !AllFinite(view, device)) {
      return absl::StrCat("the output \"", net.graph().values[output].name,
                          "\" of layer \"", layer, "\"");
    }
  }
  return "";
}

class FirstNonFinite : public NodeObserver {
 public:
  FirstNonFinite(const Net& net, Device* device) : net_(net), device_(device) {}

  void AfterForward(int node) override {
    if (!description_.empty()) return;
    description_ = DescribeNode(net_.graph().nodes[node], net_, device_);
  }

  const std::string& description() const { return description_; }

 private:
  const Net& net_;
  Device* const device_;
  std::string description_;
};

}  // namespace

std::string DescribeFirstNonFinite(const StepContext& step, Net* net,
                                   Device* device) {
  FirstNonFinite first(*net, device);
  net->Forward(step, &first);
  return first.description();
}

}  // namespace tamp
