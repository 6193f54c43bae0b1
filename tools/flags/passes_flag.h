// The flag --passes, of tools that plan a net.

#ifndef TAMP_TOOLS_FLAGS_PASSES_FLAG_H_
#define TAMP_TOOLS_FLAGS_PASSES_FLAG_H_

#include "absl/status/status.h"
#include "net/backend.h"

namespace tamp {

// Keeps of the backend's passes those that the flag names.
absl::Status SelectPassesFromFlag(Backend* backend);

}  // namespace tamp

#endif  // TAMP_TOOLS_FLAGS_PASSES_FLAG_H_
