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
#include "absl/flags/usage_config.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/check.h"
#include "core/logging.h"
#include "core/nearest_name.h"
#include "core/status_macros.h"

namespace tamp {
namespace {

// What the program opens must not get the number of a descriptor that was
// closed when it started: messages would land in a snapshot.
void OccupyStandardDescriptors() {
  for (const int number : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(number, F_GETFD) != -1) continue;
    // Gets the lowest number that is free: this one.
    CHECK_EQ(open("/dev/null", O_RDWR), number);
  }
}

// By itself Abseil shows the flags of a tool's own file alone, and not those
// that it shares with others.
void ShowAllFlagsInHelp() {
  absl::FlagsUsageConfig config;
  config.contains_help_flags = [](absl::string_view file) {
    return absl::StartsWith(file, "tools/");
  };
  absl::SetFlagsUsageConfig(config);
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
  ShowAllFlagsInHelp();
  return ReportStatus(ParseAndRun(argc, argv, run));
}

absl::Status RequireFlag(absl::string_view name, const std::string& value,
                         absl::string_view example) {
  if (!value.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("--", name, " is missing, e.g. --", name, "=", example));
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
