// What is said before the first step of a training that changes no weight.

#ifndef TAMP_SOLVERS_IDLE_TRAINING_H_
#define TAMP_SOLVERS_IDLE_TRAINING_H_

#include <string>
#include <vector>

#include "net/parameter_store.h"
#include "proto/solver.pb.h"
#include "solvers/training_plan.h"

namespace tamp {

// Why nothing will be learned, one line each: a learning rate that is 0 in all
// iterations, an lr_mult of 0 for all parameters. Empty for other trainings.
std::vector<std::string> WarnOfIdleTraining(const SolverParameter& solver,
                                            const TrainingPlan& plan,
                                            const ParameterStore& parameters);

}  // namespace tamp

#endif  // TAMP_SOLVERS_IDLE_TRAINING_H_
