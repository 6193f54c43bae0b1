// Prints a net without modules, as Caffe reads it.
//
//   expand --net=net/densenet40.prototxt > flat.prototxt

#include <iostream>
#include <optional>

#include "absl/status/status.h"
#include "core/status_macros.h"
#include "net/filter.h"
#include "net/modules.h"
#include "tools/command_line.h"
#include "tools/net_flags.h"

namespace tamp {
namespace {

constexpr char kUsage[] =
    "Prints a net without modules: the layers of all phases, or with --phase "
    "those of one.";

absl::Status Expand() {
  ASSIGN_OR_RETURN(NetParameter net, NetFromFlags());
  ASSIGN_OR_RETURN(const std::optional<Phase> phase, PhaseFromFlags());
  if (phase.has_value()) {
    NetState state = net.state();
    state.set_phase(*phase);
    ASSIGN_OR_RETURN(net, FilterLayers(net, state));
  }
  std::cout << PrintFlatNet(net);
  return absl::OkStatus();
}

}  // namespace
}  // namespace tamp

int main(int argc, char** argv) {
  return tamp::RunTool(argc, argv, tamp::kUsage, tamp::Expand);
}
