#include "net/report/unreached_parameters.h"

#include <cstdint>

#include "absl/algorithm/container.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "core/check.h"
#include "net/graph/gradient_flow.h"
#include "net/text/layer_error.h"

namespace tamp {
namespace {

// How a loss depends on a value: not at all, or, unless a gradient comes, with
// a layer on the way that passes none to one of its inputs.
struct Dependence {
  bool is_read = false;
  int cut_node = -1;
  int cut_input = -1;
};

// Per value.
std::vector<Dependence> FindDependence(const Graph& graph) {
  std::vector<Dependence> values(graph.values.size());
  for (int n = static_cast<int>(graph.nodes.size()) - 1; n >= 0; --n) {
    const Node& node = graph.nodes[n];
    Dependence of_outputs;
    for (size_t i = 0; i < node.outputs.size(); ++i) {
      Dependence& output = values[node.outputs[i]];
      output.is_read |= LossWeight(node, static_cast<int>(i)) != 0;
      if (output.is_read) of_outputs = output;
    }
    if (!of_outputs.is_read) continue;
    for (size_t i = 0; i < node.inputs.size(); ++i) {
      const int index = static_cast<int>(i);
      values[node.inputs[i]] = IsDifferentiable(node, index)
                                   ? of_outputs
                                   : Dependence{true, n, index};
    }
  }
  return values;
}

bool HasLoss(const Graph& graph) {
  for (const Node& node : graph.nodes) {
    for (size_t i = 0; i < node.outputs.size(); ++i) {
      if (LossWeight(node, static_cast<int>(i)) != 0) return true;
    }
  }
  return false;
}

class Unreached {
 public:
  explicit Unreached(const Graph& graph)
      : graph_(graph), dependence_(FindDependence(graph)) {
    const GradientFlow flow = FindGradientFlow(graph);
    for (size_t n = 0; n < graph.nodes.size(); ++n) {
      if (!flow.runs_backward[n]) continue;
      for (const Parameter* p : graph.nodes[n].parameters) {
        if (p->learns()) reached_.insert(p);
      }
    }
  }

  // Whether anything learns.
  bool reaches_any() const { return !reached_.empty(); }

  bool IsUnreached(const Node& node) const {
    return absl::c_any_of(node.parameters, [&](const Parameter* p) {
      return p->learns() && !reached_.contains(p);
    });
  }

  // Why no gradient comes to such a node.
  std::string ReasonFor(const Node& node) const {
    for (const int output : node.outputs) {
      const Dependence& dependence = dependence_[output];
      if (!dependence.is_read) continue;
      CHECK(dependence.cut_node >= 0);
      const LayerParameter& cut = graph_.nodes[dependence.cut_node].parameter;
      return absl::StrCat("layer \"", cut.name(),
                          "\" passes none to its bottom \"",
                          cut.bottom(dependence.cut_input), "\"");
    }
    return "no loss depends on it";
  }

 private:
  const Graph& graph_;
  const std::vector<Dependence> dependence_;
  absl::flat_hash_set<const Parameter*> reached_;
};

}  // namespace

std::vector<std::string> FindUnreachedParameters(const NetParameter& net,
                                                 const Graph& graph) {
  const auto net_line = [&](absl::string_view message) {
    return std::vector<std::string>{
        std::string(NetError(net, message).message())};
  };
  if (!HasLoss(graph)) return net_line("has no loss: nothing in it learns");
  const Unreached unreached(graph);
  absl::flat_hash_map<std::string, std::vector<const Node*>> by_reason;
  std::vector<std::string> reasons;  // in the order of their first layers
  for (const Node& node : graph.nodes) {
    if (!unreached.IsUnreached(node)) continue;
    const std::string reason = unreached.ReasonFor(node);
    if (by_reason[reason].empty()) reasons.push_back(reason);
    by_reason[reason].push_back(&node);
  }
  if (reasons.empty() && !unreached.reaches_any()) {
    return net_line(
        "nothing in it learns: every lr_mult is 0, or there is no parameter");
  }
  std::vector<std::string> lines;
  for (const std::string& reason : reasons) {
    const std::vector<const Node*>& nodes = by_reason[reason];
    lines.push_back(absl::StrCat(
        LayerPrefix(nodes[0]->parameter),
        "its parameters get no gradient: ", reason,
        nodes.size() == 1
            ? ""
            : absl::StrCat(
                  " (and so for ",
                  Counted(static_cast<int64_t>(nodes.size()) - 1, "more layer"),
                  ")"),
        "; lr_mult: 0 says that they shall not learn"));
  }
  return lines;
}

}  // namespace tamp
