// The flags --device (tools/devices/device_flag.h) and --threads, of tools that
// run a net, and the backend that they ask for.

#ifndef TAMP_TOOLS_FLAGS_BACKEND_FLAGS_H_
#define TAMP_TOOLS_FLAGS_BACKEND_FLAGS_H_

#include "absl/status/statusor.h"
#include "net/backend.h"

namespace tamp {

// --threads=0, the default, is one thread for each processor that this process
// may use; a line of the log says how many and why (core/cpu/processors.h).
absl::StatusOr<Backend> MakeBackendFromFlags();

}  // namespace tamp

#endif  // TAMP_TOOLS_FLAGS_BACKEND_FLAGS_H_
