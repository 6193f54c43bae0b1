// Prints a net for Graphviz.
//
//   draw --net=net/densenet40.prototxt | dot -Tsvg > densenet40.svg

#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "core/cpu/cpu_device.h"
#include "core/status_macros.h"
#include "net/graph/parameter_store.h"
#include "net/passes/pass.h"
#include "net/planned_net.h"
#include "net/report/dot_dump.h"
#include "tools/flags/command_line.h"
#include "tools/flags/net_flags.h"

ABSL_FLAG(std::string, passes, "all",
          "Passes over the graph: all, none, or names separated by commas.");

namespace tamp {
namespace {

constexpr char kUsage[] =
    "Prints the graph of a net, by default in the training phase, as text for "
    "Graphviz.";

absl::Status Draw() {
  ASSIGN_OR_RETURN(const NetParameter net, NetFromFlags());
  ASSIGN_OR_RETURN(const std::optional<Phase> phase, PhaseFromFlags());
  ASSIGN_OR_RETURN(const std::vector<Pass> passes,
                   SelectPasses(absl::GetFlag(FLAGS_passes)));
  CpuDevice device(1);
  NetOptions options;
  options.device = &device;
  options.phase = phase.value_or(TRAIN);
  options.passes = passes;
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
