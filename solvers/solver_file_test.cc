#include "solvers/solver_file.h"

#include <filesystem>
#include <fstream>
#include <string>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

using absl::StatusCode;
using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

class SolverFileTest : public testing::Test {
 protected:
  SolverFileTest()
      : root_((std::filesystem::path(testing::TempDir()) /
               testing::UnitTest::GetInstance()->current_test_info()->name())
                  .lexically_normal()
                  .string()),
        solver_(root_ + "/solvers/x.prototxt") {
    std::filesystem::remove_all(root_);
    std::filesystem::create_directories(root_ + "/solvers");
    std::filesystem::create_directories(root_ + "/net");
    std::ofstream(root_ + "/net/a.prototxt") << "name: 'a' layer { name: 'x' }";
    std::ofstream(root_ + "/net/b.prototxt") << "name: 'b' layer { name: 'x' }";
  }

  absl::StatusOr<SolverParameter> Read(const std::string& text) {
    std::ofstream(solver_) << text;
    return ReadSolver(solver_);
  }

  const std::string root_;
  const std::string solver_;
};

TEST_F(SolverFileTest, NetsBesideTheSolversFolder) {
  ASSERT_OK_AND_ASSIGN(
      const SolverParameter solver,
      Read("train_net: 'net/a.prototxt' test_net: 'net/a.prototxt' "
           "test_net: 'net/b.prototxt' test_net_param { name: 'c' }"));
  EXPECT_EQ(solver.train_net_param().name(), "a");
  ASSERT_EQ(solver.test_net_param_size(), 3);
  EXPECT_EQ(solver.test_net_param(0).name(), "c");
  EXPECT_EQ(solver.test_net_param(1).name(), "a");
  EXPECT_EQ(solver.test_net_param(2).name(), "b");
  EXPECT_EQ(solver.snapshot_prefix(), "snapshots/x");
}

TEST_F(SolverFileTest, TheWorkingFolderComesFirst) {
  const std::filesystem::path before = std::filesystem::current_path();
  const std::string here = root_ + "/here";
  std::filesystem::create_directories(here + "/net");
  std::ofstream(here + "/net/a.prototxt") << "name: 'here' layer { name: 'x' }";
  std::filesystem::current_path(here);
  ASSERT_OK_AND_ASSIGN(SolverParameter solver, Read("net: 'net/a.prototxt'"));
  EXPECT_EQ(solver.net_param().name(), "here");
  ASSERT_OK_AND_ASSIGN(solver, Read("net: 'net/b.prototxt'"));
  EXPECT_EQ(solver.net_param().name(), "b");
  // A relative path to the solver as well.
  std::filesystem::current_path(root_ + "/solvers");
  ASSERT_OK_AND_ASSIGN(solver, ReadSolver("x.prototxt"));
  EXPECT_EQ(solver.net_param().name(), "b");
  std::filesystem::current_path(before);
}

TEST_F(SolverFileTest, NetsAndWeightsInTheSolversFolder) {
  std::ofstream(root_ + "/solvers/c.prototxt") << "name: 'c' layer {}";
  std::ofstream(root_ + "/solvers/w.safetensors") << "weights";
  ASSERT_OK_AND_ASSIGN(
      const SolverParameter solver,
      Read("net: 'c.prototxt' test_net: 'c.prototxt' "
           "weights: 'w.safetensors,none' weights: 'net/a.prototxt'"));
  EXPECT_EQ(solver.net_param().name(), "c");
  EXPECT_EQ(solver.test_net_param(0).name(), "c");
  EXPECT_EQ(solver.weights(0), root_ + "/solvers/w.safetensors,none");
  EXPECT_EQ(solver.weights(1), root_ + "/net/a.prototxt");
}

TEST_F(SolverFileTest, WhatIsMissing) {
  EXPECT_THAT(ReadSolver(root_ + "/no.prototxt"),
              StatusIs(StatusCode::kNotFound, HasSubstr("no.prototxt")));
  EXPECT_THAT(Read("net: 'net/none.prototxt'"),
              StatusIs(StatusCode::kNotFound,
                       AllOf(StartsWith(solver_ + ":1:1: net cannot be read: "
                                                  "net/none.prototxt"),
                             EndsWith("; looked in the working folder, " +
                                      root_ + "/solvers and " + root_))));
}

TEST_F(SolverFileTest, OneWayToGiveANet) {
  EXPECT_THAT(Read("net: 'net/a.prototxt' net_param { name: 'b' }"),
              StatusIs(StatusCode::kInvalidArgument, HasSubstr("keep one")));
}

TEST_F(SolverFileTest, ErrorsOfTheTextHaveTheirPlace) {
  EXPECT_THAT(
      Read("net: 'net/a.prototxt'\nbase_rl: 1"),
      StatusIs(StatusCode::kInvalidArgument, StartsWith(solver_ + ":2:1: ")));
}

TEST_F(SolverFileTest, APrefixStays) {
  ASSERT_OK_AND_ASSIGN(const SolverParameter solver,
                       Read("net_param {} snapshot_prefix: 'y/z'"));
  EXPECT_EQ(solver.snapshot_prefix(), "y/z");
}

}  // namespace
}  // namespace tamp
