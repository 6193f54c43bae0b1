// Prints what the layers of a net make and cost, and the memory it needs.
//
//   summary --net=net/densenet40.prototxt --batch_size=64

#include "net/report/summary.h"

#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "core/logging.h"
#include "core/status_macros.h"
#include "net/graph/parameter_store.h"
#include "net/planned_net.h"
#include "net/report/pass_effects.h"
#include "tools/devices/device_flag.h"
#include "tools/flags/byte_size.h"
#include "tools/flags/command_line.h"
#include "tools/flags/json_flag.h"
#include "tools/flags/net_flags.h"
#include "tools/flags/passes_flag.h"
#include "tools/reports/summary_report.h"

namespace tamp {
namespace {

constexpr char kUsage[] =
    "Prints the layers of a net, by default in the training phase, their "
    "shapes, parameters and multiply-adds, the memory that is planned, and "
    "what "
    "each pass changed. The layers are those after all of --passes.";

absl::Status PrintSummary() {
  ASSIGN_OR_RETURN(const NetParameter net, NetFromFlags());
  ASSIGN_OR_RETURN(const std::optional<Phase> phase, PhaseFromFlags());
  NetOptions options;
  ASSIGN_OR_RETURN(options.backend, MakePlanningBackend());
  options.phase = phase.value_or(TRAIN);
  ASSIGN_OR_RETURN(options.memory_budget, MemoryBudgetFromFlags());
  RETURN_IF_ERROR(SelectPassesFromFlag(&options.backend));
  ParameterStore parameters;
  ASSIGN_OR_RETURN(const PlannedNet planned,
                   PlanNet(net, options, &parameters));
  for (const std::string& warning : planned.warnings) LOG(WARNING) << warning;
  const NetSummary summary = Summarize(planned, options.phase, parameters);
  ASSIGN_OR_RETURN(const std::vector<PassEffect> effects,
                   FindPassEffects(net, options));
  std::cout << SummaryText(summary, effects);
  return WriteJsonFromFlag(SummaryJson(summary, effects));
}

}  // namespace
}  // namespace tamp

int main(int argc, char** argv) {
  return tamp::RunTool(argc, argv, tamp::kUsage, tamp::PrintSummary);
}
