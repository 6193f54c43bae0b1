// The flags --device and --threads, of tools that run a net, and the backend
// that they ask for.

#ifndef TAMP_TOOLS_FLAGS_BACKEND_FLAGS_H_
#define TAMP_TOOLS_FLAGS_BACKEND_FLAGS_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "net/backend.h"

namespace tamp {

// --threads=0, the default, is one thread for each processor that this process
// may use; a line of the log says how many and why (core/cpu/processors.h).
absl::StatusOr<Backend> MakeBackendFromFlags();

using OpenCuda = absl::StatusOr<Backend> (*)(int ordinal);

// The same from values. Errors name the flag. With "auto" a line of the log
// says which device it is, and why.
absl::StatusOr<Backend> MakeBackend(absl::string_view device, int num_threads,
                                    OpenCuda open_cuda);

}  // namespace tamp

#endif  // TAMP_TOOLS_FLAGS_BACKEND_FLAGS_H_
