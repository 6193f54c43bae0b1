// Old deploy files name the net's inputs outside of layers (`input: "data"
// input_dim: 1 ...`). They become Input layers at the front.

#ifndef TAMP_NET_TEXT_LEGACY_INPUTS_H_
#define TAMP_NET_TEXT_LEGACY_INPUTS_H_

#include "absl/status/statusor.h"
#include "proto/net.pb.h"

namespace tamp {

// An error when the inputs have neither one input_shape nor four input_dim
// each.
absl::StatusOr<NetParameter> ConvertLegacyInputs(const NetParameter& net);

}  // namespace tamp

#endif  // TAMP_NET_TEXT_LEGACY_INPUTS_H_
