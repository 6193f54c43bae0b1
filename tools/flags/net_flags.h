// The flags of tools that look at a net: --batch_size and --phase, besides
// --net and --compute.

#ifndef TAMP_TOOLS_FLAGS_NET_FLAGS_H_
#define TAMP_TOOLS_FLAGS_NET_FLAGS_H_

#include <optional>

#include "absl/status/statusor.h"
#include "proto/net.pb.h"

namespace tamp {

// The net of --net, with the batch size of --batch_size and the precision of
// --compute where they are given. Modules are expanded.
absl::StatusOr<NetParameter> NetFromFlags();

// Of --phase=train or --phase=test; nothing where the flag is not given.
absl::StatusOr<std::optional<Phase>> PhaseFromFlags();

// "train" or "test".
const char* PhaseName(Phase phase);

}  // namespace tamp

#endif  // TAMP_TOOLS_FLAGS_NET_FLAGS_H_
