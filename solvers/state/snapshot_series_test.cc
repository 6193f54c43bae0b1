#include "solvers/state/snapshot_series.h"

#include <filesystem>
#include <fstream>
#include <string>

#include "absl/status/status.h"
#include "formats/snapshot.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

using absl::StatusCode;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class SnapshotSeriesTest : public testing::Test {
 protected:
  SnapshotSeriesTest()
      : folder_(testing::TempDir() + "/" +
                testing::UnitTest::GetInstance()->current_test_info()->name()) {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }

  std::string Prefix() const { return folder_ + "/run"; }

  void Write(int64_t iteration) {
    SnapshotParameter snapshot;
    snapshot.set_iteration(iteration);
    ASSERT_OK(WriteSnapshot(SnapshotPath(Prefix(), iteration), snapshot));
  }

  void Touch(const std::string& name) {
    std::ofstream(folder_ + "/" + name) << "x";
  }

  const std::string folder_;
};

TEST_F(SnapshotSeriesTest, ListsItsOwnByIteration) {
  Write(9);
  Write(100);
  Write(20);
  for (const char* name :
       {"run_iter_5.snapshot.tmp", "run_iter_.snapshot", "run_iter_-3.snapshot",
        "run_iter_7x.snapshot", "run_iter_99999999999999999999.snapshot",
        "runner_iter_8.snapshot", "other_iter_8.snapshot", "run_iter_8"}) {
    Touch(name);
  }
  EXPECT_THAT(ListSnapshots(Prefix()), ElementsAre(SnapshotPath(Prefix(), 100),
                                                   SnapshotPath(Prefix(), 20),
                                                   SnapshotPath(Prefix(), 9)));
}

TEST_F(SnapshotSeriesTest, NothingWhereThereIsNothing) {
  EXPECT_THAT(ListSnapshots(Prefix()), IsEmpty());
  EXPECT_THAT(ListSnapshots(folder_ + "/no/such/folder"), IsEmpty());
  ASSERT_OK_AND_ASSIGN(const auto latest, ReadLatestSnapshot(Prefix()));
  EXPECT_FALSE(latest.has_value());
}

TEST_F(SnapshotSeriesTest, PassesOverDamagedOnes) {
  Write(1);
  Write(2);
  Touch("run_iter_3.snapshot");
  ASSERT_OK_AND_ASSIGN(const auto latest, ReadLatestSnapshot(Prefix()));
  ASSERT_TRUE(latest.has_value());
  EXPECT_EQ(latest->path, SnapshotPath(Prefix(), 2));
  EXPECT_EQ(latest->snapshot.iteration(), 2);
}

TEST_F(SnapshotSeriesTest, AllDamagedIsAnError) {
  Touch("run_iter_3.snapshot");
  Touch("run_iter_4.snapshot");
  EXPECT_THAT(
      ReadLatestSnapshot(Prefix()),
      StatusIs(StatusCode::kDataLoss, HasSubstr("none of the 2 snapshots")));
}

TEST_F(SnapshotSeriesTest, PreparesTheFolder) {
  const std::string prefix = folder_ + "/a/b/run";
  ASSERT_OK(PrepareSnapshotFolder(prefix));
  EXPECT_TRUE(std::filesystem::is_directory(folder_ + "/a/b"));
  EXPECT_TRUE(std::filesystem::is_empty(folder_ + "/a/b"));
}

TEST_F(SnapshotSeriesTest, AFolderThatCannotBeMadeIsAnError) {
  Touch("file");
  EXPECT_THAT(PrepareSnapshotFolder(folder_ + "/file/run"),
              StatusIs(StatusCode::kInvalidArgument,
                       HasSubstr("choose another snapshot_prefix")));
}

}  // namespace
}  // namespace tamp
