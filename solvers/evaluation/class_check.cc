#include "solvers/evaluation/class_check.h"

#include "absl/strings/str_cat.h"
#include "net/graph/label_flow.h"
#include "net/text/layer_error.h"
#include "proto/layer.pb.h"

namespace tamp {

namespace {

// Of the labels 0..num_classes-1, has each a score or is ignored?
bool HasRoom(const LabelUse& use, int num_classes) {
  const bool ignores_one_above = use.ignored_label &&
                                 *use.ignored_label >= use.num_classes &&
                                 *use.ignored_label < num_classes;
  return use.num_classes + ignores_one_above >= num_classes;
}

absl::Status NoRoomError(const Graph& graph, const LabelUse& use,
                         int num_classes) {
  const Node& node = graph.nodes[use.node];
  return LayerError(
      node.parameter,
      absl::StrCat(
          "bottom \"", graph.values[node.inputs[0]].name, "\" scores ",
          use.num_classes, " classes, but the data set has ", num_classes,
          ": the layer that makes it needs num_output: ", num_classes));
}

absl::Status OutsideError(const LayerParameter& parameter,
                          const OutsideLabel& outside, int num_classes) {
  const char* const options =
      parameter.type() == "Accuracy" ? "accuracy_param" : "loss_param";
  return LayerError(
      parameter,
      absl::StrCat(outside.place, " has label ", outside.label,
                   ", labels are 0 to ", num_classes - 1,
                   "; if the data set has more classes, set data_param."
                   "num_classes; if the label means none, set ",
                   options, ".ignore_label: ", outside.label));
}

}  // namespace

absl::Status CheckClasses(const Graph& graph, int num_classes,
                          absl::Span<const OutsideLabel> outside_labels) {
  for (const LabelUse& use : FindLabelUses(graph)) {
    if (!HasRoom(use, num_classes)) {
      return NoRoomError(graph, use, num_classes);
    }
    for (const OutsideLabel& outside : outside_labels) {
      if (use.ignored_label == outside.label) continue;
      return OutsideError(graph.nodes[use.node].parameter, outside,
                          num_classes);
    }
  }
  return absl::OkStatus();
}

}  // namespace tamp
