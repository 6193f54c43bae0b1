// Times a net on random data: whole steps, and each layer.
//
//   time --net=net/densenet40.prototxt --batch_size=64 --threads=2

#include <cstdint>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/cpu/cpu_device.h"
#include "core/cpu/fma_peak.h"
#include "core/status_macros.h"
#include "net/backend.h"
#include "net/net.h"
#include "net/report/plan_notes.h"
#include "tools/flags/backend_flags.h"
#include "tools/flags/byte_size.h"
#include "tools/flags/command_line.h"
#include "tools/flags/json_flag.h"
#include "tools/flags/net_flags.h"
#include "tools/flags/passes_flag.h"
#include "tools/reports/peak_memory.h"
#include "tools/reports/timing_report.h"
#include "tools/runs/data_tops.h"
#include "tools/runs/net_timing.h"

ABSL_FLAG(int, iterations, 10, "Timed iterations, at least 1.");
ABSL_FLAG(int, warmup, 2, "Iterations before them that are not timed.");

namespace tamp {
namespace {

constexpr char kUsage[] =
    "Times a net on random data. --phase=train, the default: forward, backward "
    "and the solver's update; --phase=test: forward alone.";

absl::StatusOr<TimingOptions> TimingFromFlags() {
  TimingOptions options;
  options.iterations = absl::GetFlag(FLAGS_iterations);
  options.warmup = absl::GetFlag(FLAGS_warmup);
  if (options.iterations < 1 || options.warmup < 0) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--iterations=", options.iterations,
        " must be at least 1, --warmup=", options.warmup, " at least 0"));
  }
  return options;
}

absl::StatusOr<std::unique_ptr<Net>> MakeNet(const Backend& backend) {
  ASSIGN_OR_RETURN(const NetParameter parameter, NetFromFlags());
  ASSIGN_OR_RETURN(const std::optional<Phase> phase, PhaseFromFlags());
  NetOptions options;
  options.backend = backend;
  options.phase = phase.value_or(TRAIN);
  ASSIGN_OR_RETURN(options.memory_budget, MemoryBudgetFromFlags());
  return Net::Create(parameter, options);
}

absl::StatusOr<int64_t> BatchSize(Net* net) {
  const std::vector<DataTop> tops = FindDataTops(net);
  if (!tops.empty()) return tops[0].view.shape.num();
  return absl::InvalidArgumentError(
      absl::StrCat("net \"", net->name(), "\" has no data to run on"));
}

absl::Status TimeFromFlags() {
  ASSIGN_OR_RETURN(const TimingOptions options, TimingFromFlags());
  ASSIGN_OR_RETURN(Backend backend, MakeBackendFromFlags());
  RETURN_IF_ERROR(SelectPassesFromFlag(&backend));
  ASSIGN_OR_RETURN(const std::unique_ptr<Net> net, MakeNet(backend));

  TimingReport report;
  report.net = net->name();
  report.phase = PhaseName(net->phase());
  ASSIGN_OR_RETURN(report.batch_size, BatchSize(net.get()));
  report.device = std::string(backend.device->name());
  report.iterations = options.iterations;
  if (report.device == "cpu") {
    const CpuDevice& cpu = AsCpu(*backend.device);
    report.threads = cpu.num_threads();
    report.peak = MeasureFmaPeak(cpu);
  }
  ASSIGN_OR_RETURN(report.timing, TimeNet(options, backend, net.get()));
  report.planned_bytes = net->memory().plan.total_bytes +
                         net->parameters().bytes() + report.timing.solver_bytes;
  report.peak_rss_bytes = PeakResidentBytes();
  std::cout << TimingText(report);
  if (net->budget().budget_bytes > 0) {
    std::cout << DescribeBudget(net->budget()) << "\n";
  }
  return WriteJsonFromFlag(TimingJson(report));
}

}  // namespace
}  // namespace tamp

int main(int argc, char** argv) {
  return tamp::RunTool(argc, argv, tamp::kUsage, tamp::TimeFromFlags);
}
