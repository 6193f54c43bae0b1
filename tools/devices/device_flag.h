// The flag --device, and the backend that it asks for.

#ifndef TAMP_TOOLS_DEVICES_DEVICE_FLAG_H_
#define TAMP_TOOLS_DEVICES_DEVICE_FLAG_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "net/backend.h"

namespace tamp {

// For tools that plan a net and compute nothing: a CPU has one thread.
absl::StatusOr<Backend> MakePlanningBackend();

// For tools that run one. A CPU has so many threads; 0: as many as are useful,
// which a line of the log says.
absl::StatusOr<Backend> MakeBackendFromFlag(int num_threads);

using OpenCuda = absl::StatusOr<Backend> (*)(int ordinal);

// The same from values. Errors name the flag. With "auto" a line of the log
// says which device it is, and why.
absl::StatusOr<Backend> MakeBackend(absl::string_view device, int num_threads,
                                    OpenCuda open_cuda);

}  // namespace tamp

#endif  // TAMP_TOOLS_DEVICES_DEVICE_FLAG_H_
