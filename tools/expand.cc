// Prints a net without modules, and with --caffe in the layers that Caffe has
// (docs/caffe.md says what Caffe still has not).
//
//   expand --net=net/densenet40.prototxt --caffe > flat.prototxt

#include <iostream>
#include <optional>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "core/status_macros.h"
#include "formats/caffe_form.h"
#include "net/text/filter.h"
#include "net/text/modules.h"
#include "tools/flags/command_line.h"
#include "tools/flags/net_flags.h"

ABSL_FLAG(bool, caffe, false,
          "BatchNorm with gamma and beta as Caffe's BatchNorm and Scale. Where "
          "it says running_statistics: MOVING_AVERAGE, drop that for Caffe, "
          "which has its weighted mean only.");

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
  if (absl::GetFlag(FLAGS_caffe)) net = InCaffeForm(net);
  std::cout << PrintFlatNet(net);
  return absl::OkStatus();
}

}  // namespace
}  // namespace tamp

int main(int argc, char** argv) {
  return tamp::RunTool(argc, argv, tamp::kUsage, tamp::Expand);
}
