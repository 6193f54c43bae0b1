// Ranks: what the ranks of a training (core/rank.h) have to tell each other.
// Each rank trains a copy of the net on its share of every batch, and holds one
// of these: a Solver asks it once a step, between the last backward and the
// update.
//
// Weights and history are the same bits on all ranks: they start alike, and
// every step moves them by the same gradients, or moves them nowhere. Running
// statistics and scores are each rank's own, of the samples that it has seen.

#ifndef TAMP_SOLVERS_RANKS_H_
#define TAMP_SOLVERS_RANKS_H_

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "core/rank.h"

namespace tamp {

class Ranks {
 public:
  virtual ~Ranks() = default;

  // Which one this is.
  virtual Rank rank() const = 0;

  // All ranks call it for the same step, and it returns when all have: `own` is
  // how the step went here, `gradients` those of this rank's share. If all are
  // OK, so is the result, and the gradients are their means over the ranks, the
  // same bits everywhere. Otherwise the result is the error of one of them, the
  // same on all ranks, and the gradients may hold anything.
  //
  // An error is whatever keeps a rank from the step: data that cannot be read,
  // a loss that is not finite, or that its user has told it to stop
  // (Cancelled). A rank that has no net, for the same reasons, brings its error
  // without gradients. The gradients are on the device of the Solver, all of
  // them (their padding included, see ParameterStore::gradients), and are
  // finished when own is OK.
  virtual absl::Status Agree(const absl::Status& own,
                             absl::Span<float> gradients) = 0;
};

// A rank that is alone: its means are its own, and nobody disagrees.
class OneRank : public Ranks {
 public:
  Rank rank() const override { return Rank(); }
  absl::Status Agree(const absl::Status& own,
                     absl::Span<float> /*gradients*/) override {
    return own;
  }
};

}  // namespace tamp

#endif  // TAMP_SOLVERS_RANKS_H_
