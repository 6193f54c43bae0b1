// Prints a net for Graphviz.
//
//   draw --net=net/densenet40.prototxt | dot -Tsvg > densenet40.svg

#include <iostream>
#include <optional>

#include "absl/status/status.h"
#include "core/status_macros.h"
#include "net/graph/parameter_store.h"
#include "net/planned_net.h"
#include "net/report/dot_dump.h"
#include "tools/devices/device_flag.h"
#include "tools/flags/command_line.h"
#include "tools/flags/net_flags.h"
#include "tools/flags/passes_flag.h"

namespace tamp {
namespace {

constexpr char kUsage[] =
    "Prints the graph of a net, by default in the training phase, as text for "
    "Graphviz.";

absl::Status Draw() {
  ASSIGN_OR_RETURN(const NetParameter net, NetFromFlags());
  ASSIGN_OR_RETURN(const std::optional<Phase> phase, PhaseFromFlags());
  NetOptions options;
  ASSIGN_OR_RETURN(options.backend, MakePlanningBackend());
  options.phase = phase.value_or(TRAIN);
  RETURN_IF_ERROR(SelectPassesFromFlag(&options.backend));
  ParameterStore parameters;
  ASSIGN_OR_RETURN(const PlannedNet planned,
                   PlanNet(net, options, &parameters));
  std::cout << DotDump(planned.name, planned.graph);
  return absl::OkStatus();
}

}  // namespace
}  // namespace tamp

int main(int argc, char** argv) {
  return tamp::RunTool(argc, argv, tamp::kUsage, tamp::Draw);
}
