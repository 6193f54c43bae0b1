// The flag --compute, of tools that run a net: it goes before what the net's
// file says (`compute` and `math` of net.proto).

#ifndef TAMP_TOOLS_FLAGS_COMPUTE_FLAG_H_
#define TAMP_TOOLS_FLAGS_COMPUTE_FLAG_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "proto/net.pb.h"
#include "proto/solver.pb.h"

namespace tamp {

// name: float32, tf32, bf16, fp16, or nothing for what the net says.
absl::Status SetCompute(absl::string_view name, NetParameter* net);

// To --compute, for a net or for all nets of a solver.
absl::Status SetComputeFromFlag(NetParameter* net);
absl::Status SetComputeFromFlag(SolverParameter* solver);

}  // namespace tamp

#endif  // TAMP_TOOLS_FLAGS_COMPUTE_FLAG_H_
