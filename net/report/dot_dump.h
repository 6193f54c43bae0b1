// A planned graph as text for Graphviz: `dot -Tsvg`.

#ifndef TAMP_NET_REPORT_DOT_DUMP_H_
#define TAMP_NET_REPORT_DOT_DUMP_H_

#include <string>

#include "absl/strings/string_view.h"
#include "net/graph/graph.h"

namespace tamp {

// A box a layer, with its name, type and number of learned parameters, dashed
// where a pass made it unnecessary; an arrow from a layer to each that takes
// its output, with the output's shape.
std::string DotDump(absl::string_view name, const Graph& graph);

}  // namespace tamp

#endif  // TAMP_NET_REPORT_DOT_DUMP_H_
