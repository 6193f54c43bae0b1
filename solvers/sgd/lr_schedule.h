// LrSchedule: the learning rate as a pure function of the iteration. The
// formulas stand in proto/solver.proto; all are computed in double.

#ifndef TAMP_SOLVERS_SGD_LR_SCHEDULE_H_
#define TAMP_SOLVERS_SGD_LR_SCHEDULE_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "proto/solver.pb.h"
#include "solvers/sgd/epoch_clock.h"

namespace tamp {

struct LrPolicy;  // a row of the table of policies

class LrSchedule {
 public:
  // The schedule of a training of total_iterations (positive). Errors name the
  // field: `gamma is -1, it must be above 0`.
  static absl::StatusOr<LrSchedule> Create(const SolverParameter& parameter,
                                           const EpochClock& clock,
                                           int64_t total_iterations);

  // At an iteration from 0; past the end the rate of policies that know the end
  // stays what it is there.
  double RateAt(int64_t iteration) const;

  // Whether it is 0 at every iteration before the end.
  bool IsZeroThroughout() const;

 private:
  LrSchedule(const SolverParameter& parameter, const EpochClock& clock,
             int64_t total_iterations, const LrPolicy* policy);

  double PolicyRateAt(int64_t iteration) const;

  SolverParameter parameter_;  // the fields of the schedule alone are read
  EpochClock clock_;
  int64_t total_iterations_;
  const LrPolicy* policy_;
  int64_t warmup_iterations_;
};

}  // namespace tamp

#endif  // TAMP_SOLVERS_SGD_LR_SCHEDULE_H_
