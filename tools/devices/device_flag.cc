#include "tools/devices/device_flag.h"

#include <algorithm>
#include <string>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "core/cpu/processors.h"
#include "core/logging.h"
#include "solvers/backend_cpu.h"
#include "tools/devices/cuda_backend.h"

ABSL_FLAG(std::string, device, "cpu",
          "Where to compute: cpu, cuda (the first NVIDIA GPU), cuda:N, or auto "
          "(a GPU if there is one).");

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

absl::StatusOr<Backend> MakeCpu(int num_threads) {
  if (num_threads < 0 || num_threads > kMaxThreads) {
    return absl::InvalidArgumentError(
        absl::StrCat("--threads=", num_threads, " is not in 1 .. ", kMaxThreads,
                     " (or 0: one for each processor)"));
  }
  return MakeCpuBackend(ChooseThreads(num_threads));
}

absl::StatusOr<Backend> MakeCuda(absl::string_view device, int ordinal,
                                 OpenCuda open_cuda) {
  absl::StatusOr<Backend> backend = open_cuda(ordinal);
  if (backend.ok()) return backend;
  return absl::Status(
      backend.status().code(),
      absl::StrCat("--device=", device, ": ", backend.status().message()));
}

absl::StatusOr<Backend> MakeWhatThereIs(int num_threads, OpenCuda open_cuda) {
  absl::StatusOr<Backend> cuda = open_cuda(0);
  if (cuda.ok()) {
    LOG(INFO) << "--device=auto: " << cuda->device->name();
    return cuda;
  }
  LOG(INFO) << "--device=auto: cpu: " << cuda.status().message();
  return MakeCpu(num_threads);
}

}  // namespace

absl::StatusOr<Backend> MakeBackend(absl::string_view device, int num_threads,
                                    OpenCuda open_cuda) {
  if (device == "cpu") return MakeCpu(num_threads);
  if (device == "auto") return MakeWhatThereIs(num_threads, open_cuda);
  if (device == "cuda") return MakeCuda(device, 0, open_cuda);
  absl::string_view number = device;
  int ordinal = 0;
  if (absl::ConsumePrefix(&number, "cuda:") &&
      absl::SimpleAtoi(number, &ordinal) && ordinal >= 0) {
    return MakeCuda(device, ordinal, open_cuda);
  }
  return absl::InvalidArgumentError(
      absl::StrCat("--device=", device,
                   " is unknown; use cpu, cuda, cuda:N (N is 0 for the first "
                   "GPU) or auto"));
}

absl::StatusOr<Backend> MakePlanningBackend() {
  return MakeBackend(absl::GetFlag(FLAGS_device), /*num_threads=*/1,
                     OpenCudaBackend);
}

absl::StatusOr<Backend> MakeBackendFromFlag(int num_threads) {
  return MakeBackend(absl::GetFlag(FLAGS_device), num_threads, OpenCudaBackend);
}

}  // namespace tamp
