#include "solvers/sgd/loss_scale.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"

namespace tamp {
namespace {

bool IsScale(double value) {
  int exponent;
  return value >= LossScale::kLeast && value <= LossScale::kMost &&
         std::frexp(value, &exponent) == 0.5;
}

}  // namespace

absl::StatusOr<LossScale> LossScale::From(const SnapshotParameter& snapshot) {
  LossScale scale;
  if (!snapshot.has_loss_scale()) return scale;
  const SnapshotParameter::LossScale& saved = snapshot.loss_scale();
  if (!IsScale(saved.value()) || saved.good_steps() < 0 ||
      saved.good_steps() >= kStepsToDouble) {
    return absl::FailedPreconditionError(absl::StrCat(
        "the snapshot's loss scale is ", saved.value(), " after ",
        saved.good_steps(), " steps, it must be a power of two from ", kLeast,
        " to ", kMost, " after 0 to ", kStepsToDouble - 1));
  }
  scale.value_ = saved.value();
  scale.good_steps_ = saved.good_steps();
  return scale;
}

absl::Status LossScale::Update(bool were_finite) {
  if (were_finite) {
    if (++good_steps_ < kStepsToDouble) return absl::OkStatus();
    value_ = std::min(2 * value_, kMost);
  } else if (value_ > kLeast) {
    value_ /= 2;
  } else {
    return absl::AbortedError(absl::StrCat(
        "gradients are not finite with the least loss scale, ", kLeast,
        ", either; a lower base_lr, a warm-up, or compute: BF16, which has the "
        "range of FLOAT32, may help"));
  }
  good_steps_ = 0;
  return absl::OkStatus();
}

void LossScale::Save(SnapshotParameter* snapshot) const {
  snapshot->mutable_loss_scale()->set_value(value_);
  snapshot->mutable_loss_scale()->set_good_steps(good_steps_);
}

}  // namespace tamp
