#include "core/files/atomic_file.h"

#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "core/files/read_file.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr int64_t kMany = 1 << 20;

// An empty folder of the test's own.
std::string EmptyFolder(const std::string& name) {
  const std::string folder = testing::TempDir() + "/" + name;
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  return folder;
}

std::vector<std::string> FilesIn(const std::string& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    names.push_back(entry.path().filename().string());
  }
  return names;
}

TEST(WriteFileAtomicallyTest, WritesAndReplaces) {
  const std::string folder = EmptyFolder("replaces");
  const std::string path = folder + "/file";
  ASSERT_OK(WriteFileAtomically(path, {"old"}));
  ASSERT_OK(WriteFileAtomically(path, {"new ", "", std::string(70000, 'x')}));
  ASSERT_OK_AND_ASSIGN(const std::string bytes, ReadFile(path, kMany));
  EXPECT_EQ(bytes, "new " + std::string(70000, 'x'));
  EXPECT_THAT(FilesIn(folder), ElementsAre("file"));
}

TEST(WriteFileAtomicallyTest, RelativePath) {
  const std::string folder = EmptyFolder("relative");
  ASSERT_EQ(chdir(folder.c_str()), 0);
  ASSERT_OK(WriteFileAtomically("file", {"bytes"}));
  EXPECT_THAT(FilesIn(folder), ElementsAre("file"));
}

TEST(WriteFileAtomicallyTest, FailureInTheMiddleKeepsTheOldFile) {
  const std::string folder = EmptyFolder("full");
  const std::string path = folder + "/file";
  ASSERT_OK(WriteFileAtomically(path, {"old"}));

  // A limit of the file size stops the write half way, as a full disk does.
  ASSERT_NE(std::signal(SIGXFSZ, SIG_IGN), SIG_ERR);
  rlimit saved;
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &saved), 0);
  const rlimit small = {1000, saved.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  const absl::Status status =
      WriteFileAtomically(path, {std::string(600, 'a'), std::string(600, 'b')});
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &saved), 0);

  EXPECT_FALSE(status.ok());
  EXPECT_THAT(std::string(status.message()), HasSubstr(path));
  ASSERT_OK_AND_ASSIGN(const std::string bytes, ReadFile(path, kMany));
  EXPECT_EQ(bytes, "old");
  EXPECT_THAT(FilesIn(folder), ElementsAre("file"));
}

TEST(WriteFileAtomicallyTest, NoSuchFolder) {
  const std::string path = EmptyFolder("none") + "/missing/file";
  EXPECT_THAT(
      WriteFileAtomically(path, {"x"}),
      StatusIs(absl::StatusCode::kNotFound, HasSubstr("cannot write " + path)));
}

TEST(WriteFileAtomicallyTest, PathIsAFolder) {
  const std::string folder = EmptyFolder("folder");
  std::filesystem::create_directories(folder + "/file/inner");
  EXPECT_FALSE(WriteFileAtomically(folder + "/file", {"x"}).ok());
  EXPECT_THAT(FilesIn(folder), ElementsAre("file"));
}

TEST(ReadFileTest, RefusesWhatIsNotAFileOfThatSize) {
  const std::string folder = EmptyFolder("read");
  EXPECT_THAT(ReadFile(folder + "/missing", kMany),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("/missing")));
  EXPECT_THAT(
      ReadFile(folder, kMany),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("is not a file")));
  EXPECT_THAT(
      ReadFile("/dev/zero", kMany),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("is not a file")));
  ASSERT_OK(WriteFileAtomically(folder + "/four", {"1234"}));
  EXPECT_OK(ReadFile(folder + "/four", 4));
  EXPECT_THAT(ReadFile(folder + "/four", 3),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("has 4 bytes, more than the 3")));
}

}  // namespace
}  // namespace tamp
