// Solver: trains a net step by step as a SolverParameter says. It owns the
// training net, the test nets, which share its parameters and its memory, and
// the history of the updates. What happens between the steps (tests, reports,
// snapshots) is for training/training_run.h.
//
//   SolverOptions options;
//   options.backend = MakeCpuBackend(num_threads);
//   options.batch_sources = &data;
//   ASSIGN_OR_RETURN(auto solver, Solver::Create(parameter, options));
//   while (!solver->is_done()) RETURN_IF_ERROR(solver->Step());
//
// The result depends on the nets, the data, the seed and the instruction set:
// not on threads, on tests, or on being interrupted and resumed.

#ifndef TAMP_SOLVERS_SOLVER_H_
#define TAMP_SOLVERS_SOLVER_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "data/batch_source.h"
#include "net/backend.h"
#include "net/net.h"
#include "proto/snapshot.pb.h"
#include "proto/solver.pb.h"
#include "solvers/evaluation/evaluation.h"
#include "solvers/evaluation/score_reader.h"
#include "solvers/evaluation/scores.h"
#include "solvers/ranks.h"
#include "solvers/sgd/loss_scale.h"
#include "solvers/sgd/sgd.h"
#include "solvers/state/statistics_copy.h"
#include "solvers/state/training_state.h"
#include "solvers/training_plan.h"

namespace tamp {

struct SolverOptions {
  // Both are required, and the latter must outlive the solver. The data is
  // opened once for all nets that read the same, before they are planned.
  Backend backend;
  BatchSourceProvider* batch_sources = nullptr;

  // Who trains along; null: nobody does. Must outlive the solver, and
  // batch_sources must give the samples of its rank.
  Ranks* ranks = nullptr;

  // NetOptions::memory_budget of all nets, whose memory is shared.
  int64_t memory_budget = 0;
};

// The seed of all random numbers of a training.
uint64_t SeedOf(const SolverParameter& parameter);

// Whether all fields make sense, as far as that is known before a net is
// planned and the data is read. Errors name the field: `gamma is -1, it must be
// ...`.
absl::Status CheckSolver(const SolverParameter& parameter);

class Solver {
 public:
  // The nets must be in place (solver_file.h reads them): train_net_param or
  // net_param, and for other test nets test_net_param. Errors are the user's:
  // of a field of the solver, naming it, of a net, or of the data.
  static absl::StatusOr<std::unique_ptr<Solver>> Create(
      const SolverParameter& parameter, const SolverOptions& options);

  Solver(const Solver&) = delete;
  Solver& operator=(const Solver&) = delete;

  // One iteration: iter_size batches forward and backward, and an update.
  // Allocates nothing. Where the loss is scaled (sgd/loss_scale.h), gradients
  // that are not finite make no update: weights and history stay, and the
  // iteration counts.
  //
  // Errors, of this rank or of another: a loss that is not finite (Aborted,
  // naming the iteration and where it began), gradients that are not finite
  // however small the scale (Aborted), and data that cannot be read, naming the
  // file. Parameters, statistics and history are then those of before the step,
  // bit for bit: Capture gives a state to go on from. After an error of the
  // device itself they are unknown.
  absl::Status Step();
  // Tells the other ranks why this one takes no further step, so that theirs
  // fail with it. They know already where a step has failed or all are done.
  // REQUIRES: why is not OK.
  void Leave(const absl::Status& why);
  // The training net's scores, and their means over the last step.
  const ScoreTable& scores() const { return scores_->table(); }
  absl::Span<const CountedMean> last_means() const { return last_means_; }
  LossAndAccuracy last_step() const { return scores().Summarize(last_means_); }

  // Learned parameters and statistics, history and counters, as they are now.
  // An error when the device cannot say: there is nothing to go on from then.
  absl::StatusOr<SnapshotParameter> Capture() const;
  // Goes on from a snapshot of the same training: see RestoreTraining.
  absl::Status Restore(const SnapshotParameter& snapshot);

  int64_t iteration() const { return iteration_; }
  bool is_done() const { return iteration_ >= plan_.total_iterations(); }
  const TrainingPlan& plan() const { return plan_; }
  // What the next step's loss is multiplied by; none without compute: FP16. It
  // is halved by a step that was not taken, and by no other.
  std::optional<double> loss_scale() const {
    return loss_scale_ ? std::make_optional(loss_scale_->value())
                       : std::nullopt;
  }
  double lr() const { return plan_.lr_schedule().RateAt(iteration_); }
  Net& train_net() { return *train_net_; }
  BatchSource& train_source() const { return *train_net_->batch_source(); }
  ParameterStore& parameters() { return train_net_->parameters(); }
  // One a test net; none when the solver asks for no tests.
  absl::Span<const std::unique_ptr<Evaluation>> evaluations() const {
    return evaluations_;
  }

 private:
  Solver(const SolverParameter& parameter, const SolverOptions& options,
         const TrainingPlan& plan)
      : parameter_(parameter),
        options_(options),
        ranks_(options.ranks != nullptr ? *options.ranks : alone_),
        plan_(plan) {}

  NetOptions MakeNetOptions(const NetState& state) const;
  absl::Status CreateTrainNet();
  absl::Status CreateTestNets();
  // Whether all nets together keep to the memory budget.
  absl::Status CheckBudget() const;

  // The step's batches, or one of them, forward and backward.
  absl::Status RunBatches();
  absl::Status RunBatch(int64_t batch);
  absl::Status Update();
  // Samples in a batch: of this rank, and of all.
  int64_t batch_size() const {
    return samples_per_batch() / ranks_.rank().count;
  }
  int64_t samples_per_batch() const {
    return identity_.samples_per_iteration / parameter_.iter_size();
  }
  absl::Status NonFiniteError(double loss, const StepContext& step);

  const SolverParameter parameter_;
  const SolverOptions options_;
  OneRank alone_;
  Ranks& ranks_;
  TrainingPlan plan_;
  TrainingIdentity identity_;

  std::unique_ptr<Net> train_net_;
  std::unique_ptr<ScoreReader> scores_;
  std::vector<std::unique_ptr<Evaluation>> evaluations_;
  std::unique_ptr<Sgd> sgd_;
  std::optional<LossScale> loss_scale_;       // with compute: FP16
  std::optional<StatisticsCopy> statistics_;  // before the step under way

  int64_t iteration_ = 0;  // done
  absl::Status agreed_;    // the outcome of the last step
  std::vector<CountedMean> last_means_;
};

}  // namespace tamp

#endif  // TAMP_SOLVERS_SOLVER_H_
