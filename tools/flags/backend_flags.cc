#include "tools/flags/backend_flags.h"

#include <algorithm>
#include <string>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/cpu/processors.h"
#include "core/logging.h"
#include "solvers/backend_cpu.h"

ABSL_FLAG(std::string, device, "cpu", "Where to compute: cpu.");
ABSL_FLAG(int, threads, 0,
          "Threads to compute with, 1 to 1024; 0: one for each processor that "
          "this process may use, by its affinity mask and the quota of its "
          "control group. Results do not depend on it.");

namespace tamp {
namespace {

constexpr int kMaxThreads = 1024;

std::string CountThreads(int count) {
  return absl::StrCat(count, count == 1 ? " thread" : " threads");
}

// As many as asked for, or by default as many as are useful, which is said.
int ChooseThreads(int num_asked) {
  const Processors processors = FindProcessors();
  const int num_useful = std::min(NumUsefulThreads(processors), kMaxThreads);
  const std::string reason = ReasonOfThreads(processors);
  if (num_asked == 0) {
    LOG(INFO) << CountThreads(num_useful) << ": " << reason;
    return num_useful;
  }
  if (num_asked > num_useful) {
    LOG(INFO) << CountThreads(num_asked) << ", as --threads says, of which "
              << num_useful << (num_useful == 1 ? " is" : " are")
              << " useful: " << reason;
  }
  return num_asked;
}

}  // namespace

absl::StatusOr<Backend> MakeBackend(absl::string_view device, int num_threads) {
  if (device == "gpu" || device == "cuda") {
    return absl::InvalidArgumentError(
        "this build has no CUDA device; use --device=cpu");
  }
  if (device != "cpu") {
    return absl::InvalidArgumentError(
        absl::StrCat("--device=", device, " is unknown; use --device=cpu"));
  }
  if (num_threads < 0 || num_threads > kMaxThreads) {
    return absl::InvalidArgumentError(
        absl::StrCat("--threads=", num_threads, " is not in 1 .. ", kMaxThreads,
                     " (or 0: one for each processor)"));
  }
  return MakeCpuBackend(ChooseThreads(num_threads));
}

absl::StatusOr<Backend> MakeBackendFromFlags() {
  return MakeBackend(absl::GetFlag(FLAGS_device), absl::GetFlag(FLAGS_threads));
}

}  // namespace tamp
