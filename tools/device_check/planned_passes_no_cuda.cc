#include "absl/status/status.h"
#include "tools/device_check/planned_passes.h"

namespace tamp {

absl::StatusOr<std::vector<PlannedPass>> PlanPasses(
    const std::vector<NetConvolution>&, const PlanningOptions&) {
  return absl::UnavailableError(
      "this build has no cuDNN that could say what it plans: build with "
      "--config=cuda (no GPU is needed)");
}

}  // namespace tamp
