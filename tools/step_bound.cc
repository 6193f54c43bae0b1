// Prints what a training step of a net asks of a GPU, and how long that takes
// at the least on three cards. No GPU is needed, and none is measured.
//
//   step_bound --net=net/densenet40.prototxt --batch_size=64 --precision=bf16

#include "tools/device_check/step_bound.h"

#include <iostream>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "core/status_macros.h"
#include "net/graph/parameter_store.h"
#include "net/planned_net.h"
#include "solvers/backend_cpu.h"
#include "tools/device_check/net_convolutions.h"
#include "tools/device_check/step_launches.h"
#include "tools/flags/command_line.h"
#include "tools/flags/net_flags.h"

ABSL_FLAG(std::string, precision, "fp32",
          "Of the convolutions: fp32, tf32, bf16 or fp16.");
ABSL_FLAG(double, launch_microseconds, 3,
          "What is assumed to pass for each launch beside its work.");

namespace tamp {
namespace {

constexpr char kUsage[] =
    "Prints what a training step of a net asks of a GPU: launches, bytes and "
    "multiply-adds; and how long that takes, at the rates of data sheets, at "
    "the least. Nothing is measured.";

absl::Status PrintBound() {
  ASSIGN_OR_RETURN(const NetParameter net, NetFromFlags());
  ASSIGN_OR_RETURN(const DevicePrecision precision,
                   ParseDevicePrecision(absl::GetFlag(FLAGS_precision)));
  NetOptions options;
  options.backend = MakeCpuBackend(/*num_threads=*/1);
  ParameterStore parameters;
  ASSIGN_OR_RETURN(const PlannedNet planned,
                   PlanNet(net, options, &parameters));
  ASSIGN_OR_RETURN(const std::vector<Launch> launches,
                   StepLaunches(planned, parameters, precision));
  std::cout << BoundText(launches,
                         absl::GetFlag(FLAGS_launch_microseconds) * 1e-6);
  return absl::OkStatus();
}

}  // namespace
}  // namespace tamp

int main(int argc, char** argv) {
  return tamp::RunTool(argc, argv, tamp::kUsage, tamp::PrintBound);
}
