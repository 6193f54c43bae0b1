#include "core/files/named_path.h"

#include <filesystem>
#include <fstream>
#include <string>

#include "gtest/gtest.h"

namespace tamp {
namespace {

// root/here is the working folder; root/project/solvers/x.prototxt names paths.
class NamedPathTest : public testing::Test {
 protected:
  NamedPathTest()
      : before_(std::filesystem::current_path()),
        root_((std::filesystem::path(testing::TempDir()) / "named_path")
                  .lexically_normal()
                  .string()),
        solver_(root_ + "/project/solvers/x.prototxt") {
    std::filesystem::remove_all(root_);
    std::filesystem::create_directories(root_ + "/project/solvers");
    std::filesystem::create_directories(root_ + "/here");
    std::filesystem::current_path(root_ + "/here");
  }
  ~NamedPathTest() override { std::filesystem::current_path(before_); }

  static void Touch(const std::string& path) { std::ofstream(path) << "x"; }

  const std::filesystem::path before_;
  const std::string root_;
  const std::string solver_;
};

TEST_F(NamedPathTest, WorkingFolderThenBesideThenAbove) {
  EXPECT_EQ(ResolveNamedPath("a", solver_), "a");
  Touch(root_ + "/project/a");
  EXPECT_EQ(ResolveNamedPath("a", solver_), root_ + "/project/a");
  EXPECT_EQ(ResolveNamedPath("a", "../project/solvers/x.prototxt"),
            root_ + "/project/a");
  Touch(root_ + "/project/solvers/a");
  EXPECT_EQ(ResolveNamedPath("a", solver_), root_ + "/project/solvers/a");
  Touch(root_ + "/here/a");
  EXPECT_EQ(ResolveNamedPath("a", solver_), "a");
}

TEST_F(NamedPathTest, WhatIsNotLookedFor) {
  Touch(root_ + "/project/a");
  EXPECT_EQ(ResolveNamedPath("a", ""), "a");
  EXPECT_EQ(ResolveNamedPath("", solver_), "");
  EXPECT_EQ(ResolveNamedPath("/a", solver_), "/a");
  EXPECT_EQ(DescribeNamedPathSearch("/a", solver_), "");
}

TEST_F(NamedPathTest, SaysWhereItLooked) {
  EXPECT_EQ(DescribeNamedPathSearch("a", ""), "; looked in the working folder");
  EXPECT_EQ(DescribeNamedPathSearch("a", solver_),
            "; looked in the working folder, " + root_ +
                "/project/solvers and " + root_ + "/project");
  EXPECT_EQ(DescribeNamedPathSearch("a", "net/y.prototxt"),
            "; looked in the working folder and net");
  EXPECT_EQ(DescribeNamedPathSearch("a", "y.prototxt"),
            "; looked in the working folder and " + root_);
}

TEST(FileOfLocationTest, WithoutLineAndColumn) {
  EXPECT_EQ(FileOfLocation("net/x.prototxt:41:3"), "net/x.prototxt");
  EXPECT_EQ(FileOfLocation("a:b.prototxt:41:3"), "a:b.prototxt");
  for (const char* no_place : {"", ":", "x", "x:3"}) {
    EXPECT_EQ(FileOfLocation(no_place), "");
  }
}

}  // namespace
}  // namespace tamp
