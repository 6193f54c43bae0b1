// Trains a network: flags to one call of Train (solvers/training/train.h).

#include "solvers/training/train.h"

#include <cstdint>
#include <limits>
#include <optional>
#include <string>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "core/status_macros.h"
#include "data/dataset_provider.h"
#include "net/backend.h"
#include "proto/solver.pb.h"
#include "solvers/report/progress.h"
#include "solvers/solver.h"
#include "solvers/solver_file.h"
#include "solvers/state/weights.h"
#include "tools/flags/backend_flags.h"
#include "tools/flags/byte_size.h"
#include "tools/flags/command_line.h"
#include "tools/flags/compute_flag.h"
#include "tools/flags/data_flags.h"
#include "tools/flags/passes_flag.h"
#include "tools/flags/weights_flags.h"
#include "tools/runs/stop_signals.h"

ABSL_FLAG(std::string, solver, "", "The solver: how to train which net.");
ABSL_FLAG(std::string, snapshot, "", "Go on from this snapshot.");
ABSL_FLAG(bool, resume, false,
          "Go on from the latest snapshot of --snapshot_prefix, or start where "
          "there is none.");
ABSL_FLAG(int64_t, max_iter, 0, "Train for so many iterations.");
ABSL_FLAG(int64_t, max_epoch, 0, "Train for so many epochs.");
ABSL_FLAG(std::optional<int64_t>, seed, std::nullopt,
          "Seed of all random numbers, 0 or more.");
ABSL_FLAG(int64_t, snapshot_interval, 0,
          "A snapshot every so many iterations.");
ABSL_FLAG(std::string, snapshot_prefix, "",
          "Path that the names of snapshots start with.");
ABSL_FLAG(std::string, metrics, "", "Write metrics here, as JSON Lines.");

namespace tamp {
namespace {

constexpr char kUsage[] =
    "Trains a network, e.g. --solver=solvers/fashion_mnist.prototxt\n\n"
    "Whatever ends it before its end leaves a snapshot, and --resume goes on "
    "from it:\nCtrl-C, SIGTERM, SIGHUP and SIGXCPU (a second Ctrl-C or SIGTERM "
    "leaves at once),\ndata that cannot be read, results that nobody reads "
    "any more (a closed pipe).\nAfter SIGUSR1 and SIGUSR2 it takes a snapshot "
    "and goes on.";

// Whether the flag is given; its values are positive.
absl::StatusOr<bool> IsGiven(const char* name, int64_t value, int64_t largest) {
  if (value >= 0 && value <= largest) return value > 0;
  return absl::InvalidArgumentError(
      absl::StrCat("--", name, "=", value, " is not in 1 .. ", largest));
}

// Flags go before what the solver's file says.
absl::Status OverrideLengths(SolverParameter* solver) {
  constexpr int64_t kMaxInt32 = std::numeric_limits<int32_t>::max();
  const int64_t max_iter = absl::GetFlag(FLAGS_max_iter);
  const int64_t max_epoch = absl::GetFlag(FLAGS_max_epoch);
  const int64_t interval = absl::GetFlag(FLAGS_snapshot_interval);
  ASSIGN_OR_RETURN(const bool has_iter,
                   IsGiven("max_iter", max_iter, kMaxInt32));
  ASSIGN_OR_RETURN(const bool has_epoch,
                   IsGiven("max_epoch", max_epoch, kMaxInt32));
  ASSIGN_OR_RETURN(const bool has_interval,
                   IsGiven("snapshot_interval", interval, kMaxInt32));
  if (has_iter && has_epoch) {
    return absl::InvalidArgumentError(
        "--max_iter and --max_epoch are both given; keep one");
  }
  if (has_iter || has_epoch) {
    solver->clear_max_iter();
    solver->clear_max_epoch();
  }
  if (has_iter) solver->set_max_iter(static_cast<int32_t>(max_iter));
  if (has_epoch) solver->set_max_epoch(max_epoch);
  if (has_interval) {
    solver->clear_snapshot_interval_epochs();
    solver->set_snapshot(static_cast<int32_t>(interval));
  }
  return absl::OkStatus();
}

absl::StatusOr<SolverParameter> SolverFromFlags() {
  const std::string path = absl::GetFlag(FLAGS_solver);
  RETURN_IF_ERROR(RequireFlag("solver", path, "solvers/cifar10.prototxt"));
  absl::StatusOr<SolverParameter> solver = ReadSolver(path);
  if (!solver.ok()) return ExplainMissingFile(solver.status(), path);
  RETURN_IF_ERROR(OverrideLengths(&*solver));
  if (const std::optional<int64_t> seed = absl::GetFlag(FLAGS_seed)) {
    if (*seed < 0) {
      return absl::InvalidArgumentError(
          absl::StrCat("--seed=", *seed, " must be at least 0"));
    }
    solver->set_random_seed(*seed);
  }
  if (!absl::GetFlag(FLAGS_snapshot_prefix).empty()) {
    solver->set_snapshot_prefix(absl::GetFlag(FLAGS_snapshot_prefix));
  }
  RETURN_IF_ERROR(SetComputeFromFlag(&*solver));
  const absl::Status checked = CheckSolver(*solver);
  if (checked.ok()) return solver;
  return LocateSolverError(checked, *solver, path);
}

// Whether it came to its end.
absl::StatusOr<bool> TrainFromFlags() {
  ASSIGN_OR_RETURN(const SolverParameter solver, SolverFromFlags());
  ASSIGN_OR_RETURN(Backend backend, MakeBackendFromFlags());
  RETURN_IF_ERROR(SelectPassesFromFlag(&backend));
  DatasetProvider data(DataOptionsFromFlags(SeedOf(solver)));
  TrainOptions options;
  ASSIGN_OR_RETURN(options.solver.memory_budget, MemoryBudgetFromFlags());
  options.solver.backend = backend;
  options.solver.batch_sources = &data;
  options.snapshot = absl::GetFlag(FLAGS_snapshot);
  options.resume = absl::GetFlag(FLAGS_resume);
  const WeightsFlags weights = WeightsFromFlags();
  options.weights = weights.paths;
  if (options.weights.empty() && options.snapshot.empty()) {
    for (const std::string& paths : solver.weights()) {
      for (const std::string& path : SplitPaths(paths)) {
        options.weights.push_back(path);
      }
    }
  }
  options.allow_missing = weights.allow_missing;
  options.allow_other_classes = weights.allow_other_classes;
  options.metrics = absl::GetFlag(FLAGS_metrics);
  options.draws_bar = CanDrawBar(stderr);
  options.stop = &CatchStopSignals();
  options.snapshot_request = &CatchSnapshotSignals();
  IgnoreWriteSignals();
  return Train(solver, options);
}

}  // namespace
}  // namespace tamp

int main(int argc, char** argv) {
  bool is_done = true;
  const int status =
      tamp::RunTool(argc, argv, tamp::kUsage, [&]() -> absl::Status {
        ASSIGN_OR_RETURN(is_done, tamp::TrainFromFlags());
        return absl::OkStatus();
      });
  return status == 0 && !is_done ? tamp::StopExitStatus() : status;
}
