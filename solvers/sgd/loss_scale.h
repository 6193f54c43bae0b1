// LossScale: what the loss is multiplied by in a training with compute: FP16,
// so that its gradients, most of them small, stay within the range of 16 bits
// (Micikevicius et al. 2018, "Mixed Precision Training", section 3.2). The
// update divides by it again. It is a power of two: no bit of a float32 is lost
// on the way.
//
// It finds its size by itself: a step whose gradients are not all finite is not
// taken and halves it, kStepsToDouble steps without one double it.
//
//   net->set_loss_scale(scale.value());
//   ...  // forward and backward
//   RETURN_IF_ERROR(
//       scale.Update(sgd->UpdateScaled(lr, num_batches, scale.value())));

#ifndef TAMP_SOLVERS_SGD_LOSS_SCALE_H_
#define TAMP_SOLVERS_SGD_LOSS_SCALE_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "proto/snapshot.pb.h"

namespace tamp {

class LossScale {
 public:
  static constexpr double kFirst = 65536, kLeast = 1, kMost = 16777216;
  static constexpr int64_t kStepsToDouble = 2000;

  // Of a training that begins.
  LossScale() = default;
  // As it was in a snapshot, or kFirst where that has none. A
  // FailedPrecondition where it is no scale.
  static absl::StatusOr<LossScale> From(const SnapshotParameter& snapshot);

  // Of the next step, from its first batch to its last.
  double value() const { return value_; }

  // After a step: whether all of its gradients were finite. An error when they
  // were not, and a smaller scale will not help.
  absl::Status Update(bool were_finite);

  void Save(SnapshotParameter* snapshot) const;

 private:
  double value_ = kFirst;
  int64_t good_steps_ = 0;  // since the scale last changed
};

}  // namespace tamp

#endif  // TAMP_SOLVERS_SGD_LOSS_SCALE_H_
