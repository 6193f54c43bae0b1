#include "solvers/class_check.h"

#include "absl/strings/str_cat.h"
#include "net/label_flow.h"
#include "net/layer_error.h"

namespace tamp {

namespace {

// Of the labels 0..num_classes-1, has each a score or is ignored?
bool HasRoom(const LabelUse& use, int num_classes) {
  const bool ignores_one_above = use.ignored_label &&
                                 *use.ignored_label >= use.num_classes &&
                                 *use.ignored_label < num_classes;
  return use.num_classes + ignores_one_above >= num_classes;
}

}  // namespace

absl::Status CheckClasses(const Graph& graph, int num_classes) {
  for (const LabelUse& use : FindLabelUses(graph)) {
    if (HasRoom(use, num_classes)) continue;
    const Node& node = graph.nodes[use.node];
    return LayerError(
        node.parameter,
        absl::StrCat(
            "bottom \"", graph.values[node.inputs[0]].name, "\" scores ",
            use.num_classes, " classes, but the data set has ", num_classes,
            ": the layer that makes it needs num_output: ", num_classes));
  }
  return absl::OkStatus();
}

}  // namespace tamp
