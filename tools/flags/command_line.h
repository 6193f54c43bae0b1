// What all command line tools share: flags in, one line of error out.
//
//   int main(int argc, char** argv) {
//     return tamp::RunTool(argc, argv, "Trains a network.", [] { ... });
//   }
//
// A relative path given to a tool starts at the folder where the command was
// given, also under `bazel run`, which starts programs somewhere else: RunTool
// changes into that folder first.

#ifndef TAMP_TOOLS_FLAGS_COMMAND_LINE_H_
#define TAMP_TOOLS_FLAGS_COMMAND_LINE_H_

#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace tamp {

// Parses the flags, runs the tool, and returns the exit status: 0, or 1 after
// printing `error: <message>` on standard error. --help prints `usage`, and all
// flags that are declared under tools/. Arguments that are no flags are an
// error.
int RunTool(int argc, char** argv, absl::string_view usage,
            absl::FunctionRef<absl::Status()> run);

// The two ends of RunTool: changes into the folder where the command was given;
// prints an error and says the exit status.
absl::Status EnterWorkingFolder();
int ReportStatus(const absl::Status& status);

// An error when the value of a flag that a tool cannot do without is empty:
// `--net is missing, e.g. --net=net/densenet40.prototxt`.
absl::Status RequireFlag(absl::string_view name, const std::string& value,
                         absl::string_view example);

// Adds to a NotFound error of opening `path` what may help: the nearest name in
// its folder, or that the folder does not exist. Other results stay.
absl::Status ExplainMissingFile(const absl::Status& status,
                                const std::string& path);

}  // namespace tamp

#endif  // TAMP_TOOLS_FLAGS_COMMAND_LINE_H_
