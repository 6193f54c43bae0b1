#include "tools/flags/weights_flags.h"

#include "absl/flags/flag.h"
#include "solvers/state/weights.h"

ABSL_FLAG(std::string, weights, "",
          "Trained weights to start from: snapshots or .safetensors files, "
          "separated by commas.");
ABSL_FLAG(bool, allow_missing, false,
          "With --weights: load what fits and leave the rest as it is.");
ABSL_FLAG(
    bool, allow_other_classes, false,
    "With --weights: their classes may have other names than the data's.");

namespace tamp {

WeightsFlags WeightsFromFlags() {
  return {SplitPaths(absl::GetFlag(FLAGS_weights)),
          absl::GetFlag(FLAGS_allow_missing),
          absl::GetFlag(FLAGS_allow_other_classes)};
}

}  // namespace tamp
