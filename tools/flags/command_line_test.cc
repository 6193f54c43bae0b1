#include "tools/flags/command_line.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/util/status_matchers.h"

ABSL_FLAG(bool, shared_by_tools, false, "Declared beside the tools.");

namespace tamp {
namespace {

using absl::StatusCode;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StrEq;

// In a process of its own, which exits with 0 when it holds.
TEST(RunToolDeathTest, ClosedDescriptorsAreNotGivenToFiles) {
  const auto run = [] {
    char name[] = "tool";
    char* arguments[] = {name, nullptr};
    close(STDOUT_FILENO);
    close(STDERR_FILENO);
    RunTool(1, arguments, "", [] {
      std::_Exit(open("/dev/null", O_RDONLY) > STDERR_FILENO ? 0 : 1);
      return absl::OkStatus();
    });
  };
  EXPECT_EXIT(run(), testing::ExitedWithCode(0), "");
}

TEST(RunToolDeathTest, HelpShowsTheFlagsThatToolsShare) {
  const auto run = [] {
    char name[] = "tool", help[] = "--help";
    char* arguments[] = {name, help, nullptr};
    dup2(STDERR_FILENO, STDOUT_FILENO);
    RunTool(2, arguments, "Does this and that.", [] {
      ADD_FAILURE() << "it was to print its help";
      return absl::OkStatus();
    });
  };
  EXPECT_EXIT(run(), testing::ExitedWithCode(1),
              "Does this and that.*--shared_by_tools");
}

TEST(RequireFlagTest, NamesFlagAndExample) {
  EXPECT_OK(RequireFlag("net", "a.prototxt", "net/x.prototxt"));
  EXPECT_THAT(RequireFlag("net", "", "net/x.prototxt"),
              StatusIs(StatusCode::kInvalidArgument,
                       StrEq("--net is missing, e.g. --net=net/x.prototxt")));
}

TEST(ExplainMissingFileTest, SuggestsWhatIsThere) {
  const std::string folder = testing::TempDir() + "/explain";
  std::filesystem::create_directories(folder);
  std::ofstream(folder + "/cifar10.prototxt") << "x";
  const absl::Status missing = absl::NotFoundError("cannot open");
  EXPECT_THAT(ExplainMissingFile(missing, folder + "/cifar.prototxt"),
              StatusIs(StatusCode::kNotFound,
                       EndsWith("did you mean \"cifar10.prototxt\"?")));
  EXPECT_THAT(ExplainMissingFile(missing, folder + "/zzz"),
              StatusIs(StatusCode::kNotFound, StrEq("cannot open")));
  EXPECT_THAT(ExplainMissingFile(missing, folder + "/no/such"),
              StatusIs(StatusCode::kNotFound, HasSubstr("there is no folder")));
}

TEST(ExplainMissingFileTest, LeavesOtherErrors) {
  const absl::Status other = absl::InvalidArgumentError("bad");
  EXPECT_EQ(ExplainMissingFile(other, "/no/such"), other);
  EXPECT_OK(ExplainMissingFile(absl::OkStatus(), "/no/such"));
}

TEST(ReportStatusTest, ExitStatusAndOneLine) {
  EXPECT_EQ(ReportStatus(absl::OkStatus()), 0);
  testing::internal::CaptureStderr();
  EXPECT_EQ(ReportStatus(absl::InvalidArgumentError("no luck")), 1);
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "error: no luck\n");
}

TEST(EnterWorkingFolderTest, StartsWhereTheCommandWasGiven) {
  const std::string folder =
      std::filesystem::canonical(testing::TempDir()).string();
  setenv("BUILD_WORKING_DIRECTORY", folder.c_str(), 1);
  EXPECT_OK(EnterWorkingFolder());
  EXPECT_EQ(std::filesystem::current_path().string(), folder);
  setenv("BUILD_WORKING_DIRECTORY", "/no/such/folder", 1);
  EXPECT_THAT(EnterWorkingFolder(),
              StatusIs(StatusCode::kNotFound, HasSubstr("/no/such/folder")));
  unsetenv("BUILD_WORKING_DIRECTORY");
  EXPECT_OK(EnterWorkingFolder());
}

TEST(EnterWorkingFolderTest, StartsWhereBazelwWasStarted) {
  const std::string folder =
      std::filesystem::canonical(testing::TempDir()).string();
  setenv("BUILD_WORKING_DIRECTORY", "/", 1);
  setenv("TAMP_WORKING_DIRECTORY", folder.c_str(), 1);
  EXPECT_OK(EnterWorkingFolder());
  EXPECT_EQ(std::filesystem::current_path().string(), folder);
  unsetenv("TAMP_WORKING_DIRECTORY");
  EXPECT_OK(EnterWorkingFolder());
  EXPECT_EQ(std::filesystem::current_path().string(), "/");
  unsetenv("BUILD_WORKING_DIRECTORY");
}

}  // namespace
}  // namespace tamp
