#include "solvers/training/train.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/status_macros.h"
#include "formats/snapshot.h"
#include "net/report/plan_notes.h"
#include "solvers/report/data_notices.h"
#include "solvers/report/metrics.h"
#include "solvers/report/progress.h"
#include "solvers/state/snapshot_series.h"
#include "solvers/state/weights.h"
#include "solvers/training/training_run.h"

namespace tamp {
namespace {

absl::Status CheckStart(const TrainOptions& options) {
  if (options.snapshot.empty() ||
      (!options.resume && options.weights.empty())) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      "a snapshot to go on from, and resuming or weights, exclude each other");
}

absl::StatusOr<std::optional<LoadedSnapshot>> FindSnapshot(
    const SolverParameter& parameter, const TrainOptions& options) {
  if (options.resume) return ReadLatestSnapshot(parameter.snapshot_prefix());
  if (options.snapshot.empty()) return std::optional<LoadedSnapshot>();
  ASSIGN_OR_RETURN(SnapshotParameter snapshot, ReadSnapshot(options.snapshot));
  return std::make_optional(
      LoadedSnapshot{options.snapshot, std::move(snapshot)});
}

absl::Status RestoreFrom(const LoadedSnapshot& loaded, Solver* solver,
                         Progress* progress) {
  const absl::Status restored = solver->Restore(loaded.snapshot);
  if (!restored.ok()) {
    return absl::Status(
        restored.code(),
        absl::StrCat(loaded.path, ": ", std::string(restored.message())));
  }
  progress->OnNotice(
      absl::StrCat("going on from ", loaded.path,
                   solver->is_done() ? ", where all iterations are done" : ""));
  return absl::OkStatus();
}

absl::Status LoadAllWeights(const TrainOptions& options, Solver* solver,
                            Progress* progress) {
  ASSIGN_OR_RETURN(
      const WeightsReport report,
      LoadWeights(options.weights, options.allow_missing, &solver->parameters(),
                  options.solver.backend.device.get()));
  if (!options.allow_other_classes) {
    const BatchSource& data = solver->train_source();
    RETURN_IF_ERROR(CheckWeightsClasses(
        report, {absl::StrCat("in ", data.location()), data.class_names()},
        ClassUse::kTrained));
  }
  for (const std::string& line : DescribeWeights(report)) {
    progress->OnNotice(line);
  }
  return absl::OkStatus();
}

// What will be trained on what, and what can hardly be meant.
void DescribeTraining(const SolverParameter& parameter, int64_t memory_budget,
                      Solver* solver, Progress* progress) {
  const Net& net = solver->train_net();
  for (const std::string& warning : net.warnings()) {
    progress->OnNotice(absl::StrCat("warning: ", warning));
  }
  progress->OnNotice(DescribePasses(net.passes()));
  if (memory_budget > 0) progress->OnNotice(DescribeBudget(net.budget()));
  for (const std::string& line : DescribeData(*solver)) {
    progress->OnNotice(line);
  }
  if (solver->plan().lr_schedule().IsZeroThroughout()) {
    progress->OnNotice(absl::StrCat(
        "warning: the learning rate is 0 in all iterations (base_lr ",
        parameter.base_lr(), ", lr_policy \"", parameter.lr_policy(),
        "\"): nothing will be learned"));
  }
}

// How a training that has not come to its end goes on from its snapshot.
// --resume takes the latest of the prefix, which may be of an earlier training.
void ExplainHowToGoOn(const std::string& path, const std::string& prefix,
                      bool has_snapshot_flag, Progress* progress) {
  const std::vector<std::string> all = ListSnapshots(prefix);
  const bool is_latest =
      !all.empty() && std::filesystem::path(all[0]).filename() ==
                          std::filesystem::path(path).filename();
  progress->OnNotice(absl::StrCat(
      "the same command with ",
      is_latest && !has_snapshot_flag ? "--resume" : "--snapshot=" + path,
      " goes on from there"));
}

// The solver stays with the caller, whose other ranks may wait for it.
absl::StatusOr<bool> TrainWith(const SolverParameter& parameter,
                               const TrainOptions& options,
                               std::unique_ptr<Solver>* made) {
  RETURN_IF_ERROR(CheckStart(options));
  RETURN_IF_ERROR(CheckSolver(parameter));
  const std::string& prefix = parameter.snapshot_prefix();
  if (!prefix.empty()) RETURN_IF_ERROR(PrepareSnapshotFolder(prefix));
  ASSIGN_OR_RETURN(const std::optional<LoadedSnapshot> loaded,
                   FindSnapshot(parameter, options));
  ASSIGN_OR_RETURN(*made, Solver::Create(parameter, options.solver));
  Solver* const solver = made->get();
  Progress progress(options.results, options.moments, options.draws_bar);
  DescribeTraining(parameter, options.solver.memory_budget, solver, &progress);
  if (options.resume && !loaded) {
    progress.OnNotice(absl::StrCat("no snapshot ", SnapshotPattern(prefix),
                                   " to resume: starting anew"));
  }
  if (loaded) {
    RETURN_IF_ERROR(RestoreFrom(*loaded, solver, &progress));
  } else if (!options.weights.empty()) {
    RETURN_IF_ERROR(LoadAllWeights(options, solver, &progress));
  }

  TrainingRunOptions run_options;
  run_options.snapshot_prefix = prefix;
  run_options.snapshot_after_train = parameter.snapshot_after_train();
  run_options.average_loss = parameter.average_loss();
  if (loaded) run_options.tests_done = loaded->snapshot.tests_done();
  run_options.stop = options.stop;
  run_options.snapshot_request = options.snapshot_request;
  run_options.observers.push_back(&progress);
  std::unique_ptr<MetricsFile> metrics;
  if (!options.metrics.empty()) {
    ASSIGN_OR_RETURN(metrics,
                     MetricsFile::Open(options.metrics, loaded.has_value()));
    run_options.observers.push_back(metrics.get());
  }
  TrainingRun run(solver, run_options);
  const absl::StatusOr<bool> is_done = run.Run();
  for (const std::string& line : DescribeSkipped(*solver)) {
    progress.OnNotice(line);
  }
  if ((!is_done.ok() || !*is_done) && !run.snapshot_path().empty()) {
    ExplainHowToGoOn(run.snapshot_path(), prefix, !options.snapshot.empty(),
                     &progress);
  }
  if (is_done.ok() && *is_done) {
    for (const TrainingObserver* observer : run_options.observers) {
      RETURN_IF_ERROR(observer->status());
    }
  }
  return is_done;
}

}  // namespace

absl::StatusOr<bool> Train(const SolverParameter& parameter,
                           const TrainOptions& options) {
  std::unique_ptr<Solver> solver;
  const absl::StatusOr<bool> is_done = TrainWith(parameter, options, &solver);
  if (is_done.ok()) return is_done;
  if (solver != nullptr) {
    solver->Leave(is_done.status());
  } else if (options.solver.ranks != nullptr) {
    (void)options.solver.ranks->Agree(is_done.status(), {});
  }
  return is_done;
}

}  // namespace tamp
