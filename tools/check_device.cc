// Prints what cuDNN plans for a net's convolutions on a device that need not be
// there, and the memory of the net.
//
//   check_device --device=h100 --net=net/densenet40.prototxt --batch_size=64

#include <cstdint>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "core/status_macros.h"
#include "net/graph/parameter_store.h"
#include "net/planned_net.h"
#include "net/report/summary.h"
#include "solvers/backend_cpu.h"
#include "tools/device_check/net_convolutions.h"
#include "tools/device_check/passes_report.h"
#include "tools/device_check/planned_passes.h"
#include "tools/flags/byte_size.h"
#include "tools/flags/command_line.h"
#include "tools/flags/net_flags.h"
#include "tools/reports/number_format.h"

ABSL_FLAG(std::string, device, "h100",
          "The device: h100, a100, or a file with a description as cuDNN "
          "writes it, in JSON.");
ABSL_FLAG(std::string, precision, "fp32",
          "Of the convolutions: fp32, tf32, bf16 or fp16.");
ABSL_FLAG(std::string, workspace_budget, "192MiB",
          "The most memory that cuDNN may ask for beside the tensors.");

namespace tamp {
namespace {

constexpr char kUsage[] =
    "Prints how cuDNN would compute the convolutions of a net on a device that "
    "need not be there: the engine, of how many proposals, and its workspace; "
    "and the memory of the net. Engines that compile code as they plan are "
    "missing where there is no driver.";

void PrintMemory(const MemorySummary& memory) {
  std::cout << "memory: " << FormatBytes(memory.total()) << " on this device, "
            << FormatBytes(memory.arena)
            << " of it for values, their gradients and workspaces, the rest "
               "for parameters, their gradients and momentum\n";
}

absl::Status CheckDevice() {
  ASSIGN_OR_RETURN(const NetParameter net, NetFromFlags());
  ASSIGN_OR_RETURN(const std::optional<Phase> phase, PhaseFromFlags());
  PlanningOptions planning;
  planning.phase = phase.value_or(TRAIN);
  planning.device = absl::GetFlag(FLAGS_device);
  ASSIGN_OR_RETURN(planning.precision,
                   ParseDevicePrecision(absl::GetFlag(FLAGS_precision)));
  ASSIGN_OR_RETURN(planning.workspace_budget,
                   ParseByteSize(absl::GetFlag(FLAGS_workspace_budget)));
  NetOptions options;
  options.backend = MakeCpuBackend(/*num_threads=*/1);
  options.phase = planning.phase;
  ParameterStore parameters;
  ASSIGN_OR_RETURN(const PlannedNet planned,
                   PlanNet(net, options, &parameters));
  ASSIGN_OR_RETURN(const std::vector<NetConvolution> convolutions,
                   FindConvolutions(planned.graph));
  ASSIGN_OR_RETURN(const std::vector<PlannedPass> passes,
                   PlanPasses(convolutions, planning));
  std::cout << PassesText(passes);
  RETURN_IF_ERROR(CheckPasses(passes));
  ASSIGN_OR_RETURN(const MemorySummary memory, PlanMemory(net, planning));
  PrintMemory(memory);
  return absl::OkStatus();
}

}  // namespace
}  // namespace tamp

int main(int argc, char** argv) {
  return tamp::RunTool(argc, argv, tamp::kUsage, tamp::CheckDevice);
}
