#include "tools/flags/net_flags.h"

#include <cstdint>
#include <limits>
#include <string>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/status_macros.h"
#include "net/text/batch_size.h"
#include "net/text/modules.h"
#include "tools/flags/net_file_flag.h"

ABSL_FLAG(int64_t, batch_size, 0, "Images in a batch; 0: as the net says.");
ABSL_FLAG(std::string, phase, "", "train or test.");

namespace tamp {

absl::StatusOr<NetParameter> NetFromFlags() {
  ASSIGN_OR_RETURN(const NetParameter net, NetFileFromFlag());
  ASSIGN_OR_RETURN(NetParameter flat, ExpandModules(net));
  const int64_t batch_size = absl::GetFlag(FLAGS_batch_size);
  constexpr int64_t kLargest = std::numeric_limits<int32_t>::max();
  if (batch_size < 0 || batch_size > kLargest) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--batch_size is ", batch_size, ", it must be in 0 .. ", kLargest));
  }
  if (batch_size > 0) SetBatchSize(batch_size, &flat);
  return flat;
}

absl::StatusOr<std::optional<Phase>> PhaseFromFlags() {
  const std::string name = absl::GetFlag(FLAGS_phase);
  if (name.empty()) return std::nullopt;
  for (const Phase phase : {TRAIN, TEST}) {
    if (name == PhaseName(phase)) return phase;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("--phase is \"", name, "\", it must be train or test"));
}

const char* PhaseName(Phase phase) { return phase == TRAIN ? "train" : "test"; }

}  // namespace tamp
