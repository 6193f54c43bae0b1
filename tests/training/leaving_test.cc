// However a training ends before its end, it leaves a snapshot from which it
// goes on to the same bits: the program itself, with signals, a closed pipe and
// an image that disappears.

#include <signal.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "solvers/state/snapshot_series.h"
#include "tests/util/child_process.h"
#include "tests/util/test_files.h"

namespace tamp {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

constexpr char kNet[] = R"(
  name: "small"
  layer { name: "data" type: "Data" top: "data" top: "label"
          data_param { backend: IMAGE_FOLDER source: "images" batch_size: 2
                       memory_budget_mib: 0 prefetch: 1 }
          transform_param { scale: 0.01 mirror: true } }
  layer { name: "bn" type: "BatchNorm" bottom: "data" top: "bn"
          batch_norm_param { scale_bias: true } }
  layer { name: "fc" type: "InnerProduct" bottom: "bn" top: "fc"
          inner_product_param { num_output: 2
            weight_filler { type: "xavier" } } }
  layer { name: "loss" type: "SoftmaxWithLoss" bottom: "fc" bottom: "label"
          top: "loss" }
)";

// Two batches of 2 an iteration, 5 iterations an epoch; far from its end when
// it is left. All paths are found beside the solver.
constexpr char kSolver[] = R"(
  net: "net.prototxt" base_lr: 0.0001 lr_policy: "fixed" momentum: 0.9
  iter_size: 2 max_iter: 10000000 display: 1
)";

std::string Contents(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

class LeavingTest : public testing::Test {
 protected:
  LeavingTest()
      : folder_(EmptyFolder(
            testing::UnitTest::GetInstance()->current_test_info()->name())) {
    for (int i = 0; i < 20; ++i) WriteImage(i);
    WriteBytes(folder_ + "/net.prototxt", kNet);
    WriteBytes(folder_ + "/solver.prototxt", kSolver);
  }

  std::string ImagePath(int i) const {
    return absl::StrCat(folder_, "/images/train/", i % 2 ? "cat/" : "dog/", i,
                        ".png");
  }
  void WriteImage(int i) const {
    WriteBytes(ImagePath(i), EncodePng(RandomImage(3, 4, 4, i).view()));
  }

  std::string Prefix(const std::string& name) const {
    return folder_ + "/" + name;
  }
  std::vector<std::string> Command(const std::string& name) const {
    return {"tools/train", "--threads=1",
            "--solver=" + folder_ + "/solver.prototxt",
            "--snapshot_prefix=" + Prefix(name)};
  }
  int Finish(const std::string& name, int64_t iterations) const {
    std::vector<std::string> command = Command(name);
    command.push_back("--resume");
    command.push_back(absl::StrCat("--max_iter=", iterations));
    return ChildProcess(command).Wait();
  }

  // The iteration of the one snapshot that "parts" left; going on from it is
  // going on without a break.
  void ExpectGoesOn() const {
    const std::vector<std::string> left = ListSnapshots(Prefix("parts"));
    ASSERT_THAT(left, SizeIs(1));
    absl::string_view number = left[0];
    number.remove_prefix(number.rfind('_') + 1);
    int64_t iteration;
    ASSERT_TRUE(absl::ConsumeSuffix(&number, ".snapshot") &&
                absl::SimpleAtoi(number, &iteration));
    EXPECT_GE(iteration, 7);
    EXPECT_EQ(Finish("parts", iteration + 9), 0);
    EXPECT_EQ(Finish("whole", iteration + 9), 0);
    const std::string parts =
        Contents(SnapshotPath(Prefix("parts"), iteration + 9));
    EXPECT_FALSE(parts.empty());
    EXPECT_TRUE(parts ==
                Contents(SnapshotPath(Prefix("whole"), iteration + 9)));
  }

  const std::string folder_;
};

class LeavingBySignalTest : public LeavingTest,
                            public testing::WithParamInterface<int> {};

TEST_P(LeavingBySignalTest, GoesOn) {
  ChildProcess child(Command("parts"));
  ASSERT_NE(child.ReadUntil("iteration 7/"), "");
  child.Send(GetParam());
  EXPECT_THAT(child.ReadUntil("the same command"), HasSubstr("--resume"));
  EXPECT_EQ(child.Wait(), 128 + GetParam());
  ExpectGoesOn();
}

INSTANTIATE_TEST_SUITE_P(Signals, LeavingBySignalTest,
                         testing::Values(SIGINT, SIGTERM, SIGHUP, SIGXCPU));

TEST_F(LeavingTest, UnderNohup) {
  ChildOptions options;
  options.ignored_signal = SIGHUP;
  ChildProcess child(Command("parts"), options);
  ASSERT_NE(child.ReadUntil("iteration 7/"), "");
  child.Send(SIGHUP);
  child.Send(SIGTERM);
  EXPECT_EQ(child.Wait(), 128 + SIGTERM);
  ExpectGoesOn();
}

TEST_F(LeavingTest, ASnapshotOnTheWay) {
  ChildProcess child(Command("parts"));
  ASSERT_NE(child.ReadUntil("iteration 7/"), "");
  child.Send(SIGUSR1);
  ASSERT_NE(child.ReadUntil("snapshot " + Prefix("parts")), "");
  EXPECT_THAT(ListSnapshots(Prefix("parts")), SizeIs(1));
  EXPECT_NE(child.ReadUntil("iteration "), "");
  child.Send(SIGKILL);
  EXPECT_EQ(child.Wait(), -SIGKILL);
  ExpectGoesOn();
}

// As `train | head -1`.
TEST_F(LeavingTest, NobodyReads) {
  ChildOptions options;
  options.error_file = folder_ + "/errors";
  ChildProcess child(Command("parts"), options);
  ASSERT_NE(child.ReadUntil("Epoch: 2/"), "");
  child.CloseOutput();
  EXPECT_EQ(child.Wait(), 1);
  EXPECT_THAT(
      Contents(options.error_file),
      testing::ContainsRegex("snapshot .*\nthe same command with --resume goes "
                             "on from there\nerror: .*Broken pipe\n$"));
  ExpectGoesOn();
}

TEST_F(LeavingTest, AnImageDisappears) {
  ChildProcess child(Command("parts"));
  ASSERT_NE(child.ReadUntil("iteration 7/"), "");
  std::filesystem::remove(ImagePath(13));
  EXPECT_THAT(child.ReadUntil("error: "), HasSubstr("13.png"));
  EXPECT_EQ(child.Wait(), 1);
  WriteImage(13);
  ExpectGoesOn();
}

}  // namespace
}  // namespace tamp
