#include "tools/flags/command_line.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/strings/str_cat.h"
#include "core/check.h"
#include "core/cpu/cpu_device.h"
#include "core/cpu/processors.h"
#include "core/logging.h"
#include "core/nearest_name.h"
#include "core/status_macros.h"

ABSL_FLAG(std::string, device, "cpu", "Where to compute: cpu.");
ABSL_FLAG(int, threads, 0,
          "Threads to compute with, 1 to 1024; 0: one for each processor that "
          "this process may use, by its affinity mask and the quota of its "
          "control group. Results do not depend on it.");

namespace tamp {
namespace {

constexpr int kMaxThreads = 1024;

// What the program opens must not get the number of a descriptor that was
// closed when it started: messages would land in a snapshot.
void OccupyStandardDescriptors() {
  for (const int number : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(number, F_GETFD) != -1) continue;
    // Gets the lowest number that is free: this one.
    CHECK_EQ(open("/dev/null", O_RDWR), number);
  }
}

absl::Status ParseAndRun(int argc, char** argv,
                         absl::FunctionRef<absl::Status()> run) {
  const std::vector<char*> rest = absl::ParseCommandLine(argc, argv);
  if (rest.size() > 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("argument \"", rest[1], "\" is no flag; see --help"));
  }
  RETURN_IF_ERROR(EnterWorkingFolder());
  return run();
}

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

// `bazel run` says where its own command was given, `bazelw` where it was
// itself started, if it had to go into the workspace first.
absl::Status EnterWorkingFolder() {
  for (const char* variable :
       {"TAMP_WORKING_DIRECTORY", "BUILD_WORKING_DIRECTORY"}) {
    const char* folder = std::getenv(variable);
    if (folder == nullptr) continue;
    if (chdir(folder) == 0) return absl::OkStatus();
    return absl::NotFoundError(
        absl::StrCat(variable, " is ", folder, ": ", std::strerror(errno)));
  }
  return absl::OkStatus();
}

int ReportStatus(const absl::Status& status) {
  if (status.ok()) return EXIT_SUCCESS;
  LOG(ERROR) << std::string(status.message());
  return EXIT_FAILURE;
}

int RunTool(int argc, char** argv, absl::string_view usage,
            absl::FunctionRef<absl::Status()> run) {
  OccupyStandardDescriptors();
  absl::SetProgramUsageMessage(usage);
  return ReportStatus(ParseAndRun(argc, argv, run));
}

absl::Status RequireFlag(absl::string_view name, const std::string& value,
                         absl::string_view example) {
  if (!value.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("--", name, " is missing, e.g. --", name, "=", example));
}

absl::StatusOr<std::unique_ptr<Device>> MakeDevice(absl::string_view name,
                                                   int num_threads) {
  if (name == "gpu" || name == "cuda") {
    return absl::InvalidArgumentError(
        "this build has no CUDA device; use --device=cpu");
  }
  if (name != "cpu") {
    return absl::InvalidArgumentError(
        absl::StrCat("--device=", name, " is unknown; use --device=cpu"));
  }
  if (num_threads < 0 || num_threads > kMaxThreads) {
    return absl::InvalidArgumentError(
        absl::StrCat("--threads=", num_threads, " is not in 1 .. ", kMaxThreads,
                     " (or 0: one for each processor)"));
  }
  return std::make_unique<CpuDevice>(ChooseThreads(num_threads));
}

absl::StatusOr<std::unique_ptr<Device>> MakeDeviceFromFlags() {
  return MakeDevice(absl::GetFlag(FLAGS_device), absl::GetFlag(FLAGS_threads));
}

absl::Status ExplainMissingFile(const absl::Status& status,
                                const std::string& path) {
  if (!absl::IsNotFound(status)) return status;
  const std::string message(status.message());
  const std::filesystem::path folder =
      std::filesystem::absolute(path).parent_path();
  std::error_code error;
  std::vector<std::string> names;
  std::filesystem::directory_iterator i(folder, error), end;
  if (error) {
    return absl::NotFoundError(
        absl::StrCat(message, "; there is no folder ", folder.string(),
                     " (relative paths start at ",
                     std::filesystem::current_path(error).string(), ")"));
  }
  for (; !error && i != end; i.increment(error)) {
    names.push_back(i->path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return absl::NotFoundError(absl::StrCat(
      message,
      DidYouMean(std::filesystem::path(path).filename().string(), names)));
}

}  // namespace tamp
