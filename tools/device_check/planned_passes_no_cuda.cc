#include "absl/status/status.h"
#include "tools/device_check/planned_passes.h"

namespace tamp {

namespace {

absl::Status NoCudnn() {
  return absl::UnavailableError(
      "this build has no cuDNN that could say what it plans: build with "
      "--config=cuda (no GPU is needed)");
}

}  // namespace

absl::StatusOr<std::vector<PlannedPass>> PlanPasses(
    const std::vector<NetConvolution>&, const PlanningOptions&) {
  return NoCudnn();
}

absl::StatusOr<MemorySummary> PlanMemory(const NetParameter&,
                                         const PlanningOptions&) {
  return NoCudnn();
}

}  // namespace tamp
