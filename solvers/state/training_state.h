// Between a training in memory and a snapshot: weights, statistics, history and
// counters.

#ifndef TAMP_SOLVERS_STATE_TRAINING_STATE_H_
#define TAMP_SOLVERS_STATE_TRAINING_STATE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "core/device/device.h"
#include "net/graph/parameter_store.h"
#include "proto/snapshot.pb.h"
#include "solvers/sgd/sgd.h"

namespace tamp {

// What a training is, apart from its numbers: only the same can be resumed.
struct TrainingIdentity {
  int64_t seed = 1;
  int64_t data_size = 0;                 // samples in the training set
  int64_t samples_per_iteration = 0;     // batch size * iter_size * ranks
  std::vector<std::string> class_names;  // of the training set; may be empty
  std::string net_name;
  uint64_t net_hash = 0;
  std::string solver_type;  // "SGD" or "Nesterov"
};

// The state after `iteration` updates and as many drawn samples. Copies all
// tensors to the host.
SnapshotParameter CaptureTraining(const TrainingIdentity& identity,
                                  int64_t iteration,
                                  const ParameterStore& parameters,
                                  const Sgd& sgd, Device* device);

// Puts the tensors back. A FailedPrecondition names what does not belong to
// this training: the net, the data set or a class of it, the batch size, the
// seed, a tensor. Nothing is changed then. Classes are compared where both
// sides have names.
absl::Status RestoreTraining(const SnapshotParameter& snapshot,
                             const TrainingIdentity& identity,
                             ParameterStore* parameters, Sgd* sgd,
                             Device* device);

}  // namespace tamp

#endif  // TAMP_SOLVERS_STATE_TRAINING_STATE_H_
