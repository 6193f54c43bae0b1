#include "tools/flags/backend_flags.h"

#include "absl/flags/flag.h"
#include "tools/devices/device_flag.h"

ABSL_FLAG(int, threads, 0,
          "Threads to compute with, 1 to 1024; 0: one for each processor that "
          "this process may use, by its affinity mask and the quota of its "
          "control group. Results do not depend on it.");

namespace tamp {

absl::StatusOr<Backend> MakeBackendFromFlags() {
  return MakeBackendFromFlag(absl::GetFlag(FLAGS_threads));
}

}  // namespace tamp
