#include "net/report/dot_dump.h"

#include <cstddef>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace tamp {
namespace {

// A quoted string; `\n` of the text stays a line break of the label.
std::string Quote(absl::string_view text) {
  return absl::StrCat(
      "\"",
      absl::StrReplaceAll(text,
                          {{"\\", "\\\\"}, {"\"", "\\\""}, {"\n", "\\n"}}),
      "\"");
}

std::string Label(const Node& node) {
  int64_t learned = 0;
  for (const Parameter* parameter : node.parameters) {
    if (parameter->is_learned()) learned += parameter->shape.num_elements();
  }
  std::string label =
      absl::StrCat(node.parameter.name(), "\n", node.parameter.type());
  if (learned > 0) absl::StrAppend(&label, "\n", learned, " parameters");
  return label;
}

}  // namespace

std::string DotDump(absl::string_view name, const Graph& graph) {
  std::string dot =
      absl::StrCat("digraph ", Quote(name), " {\n", "  node [shape=box];\n");
  for (size_t n = 0; n < graph.nodes.size(); ++n) {
    const Node& node = graph.nodes[n];
    absl::StrAppend(&dot, "  n", n, " [label=", Quote(Label(node)),
                    node.is_elided ? ", style=dashed" : "", "];\n");
    for (const int input : node.inputs) {
      const Value& value = graph.values[input];
      absl::StrAppend(&dot, "  n", value.producer, " -> n", n,
                      " [label=", Quote(value.shape.ToString()), "];\n");
    }
  }
  return dot + "}\n";
}

}  // namespace tamp
