// Train: a whole training, from a solver to its last line on the screen.

#ifndef TAMP_SOLVERS_TRAINING_TRAIN_H_
#define TAMP_SOLVERS_TRAINING_TRAIN_H_

#include <atomic>
#include <cstdio>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "proto/solver.pb.h"
#include "solvers/solver.h"

namespace tamp {

struct TrainOptions {
  SolverOptions solver;

  // The snapshot to go on from; empty: none.
  std::string snapshot;
  // Goes on from the latest snapshot of the solver's prefix, if there is one.
  bool resume = false;
  // Starts from trained weights, where there is no snapshot to go on from.
  std::vector<std::string> weights;
  // With weights: loads what fits.
  bool allow_missing = false;
  // With weights: their classes may have other names than those of the data.
  bool allow_other_classes = false;

  // JSON Lines go here (metrics.h); empty: nowhere. A training that goes on
  // appends.
  std::string metrics;

  // See progress.h.
  std::FILE* results = stdout;
  std::FILE* moments = stderr;
  bool draws_bar = false;

  // Set from elsewhere to stop after the step under way; may be null.
  const std::atomic<bool>* stop = nullptr;
  // Set from elsewhere to ask for a snapshot; cleared when it is taken; may be
  // null.
  std::atomic<bool>* snapshot_request = nullptr;
};

// Whether the training came to its end; false when it was stopped. Stopped, or
// ended by an error, it leaves a snapshot and says how to go on from it.
//
// Results and metrics that cannot be written, say on a full disk, give a
// warning at once and an error when all iterations are done: the training is
// worth more than its report. Where nobody reads them any more (a closed pipe)
// it ends at once, with a snapshot. Passing progress may get lost.
absl::StatusOr<bool> Train(const SolverParameter& parameter,
                           const TrainOptions& options);

}  // namespace tamp

#endif  // TAMP_SOLVERS_TRAINING_TRAIN_H_
