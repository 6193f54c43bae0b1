#include "core/cpu/cpu_quota.h"

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

#include "gtest/gtest.h"

namespace tamp {
namespace {

// A folder that stands for the machine's root.
class CpuQuotaTest : public testing::Test {
 protected:
  CpuQuotaTest() : root_(testing::TempDir() + "/cpu_quota") {
    std::filesystem::remove_all(root_);
  }

  void Write(const std::string& path, const std::string& text) {
    const std::filesystem::path file = root_ + path;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << text;
  }
  void WriteProcess(const std::string& groups, const std::string& mounts) {
    Write("/proc/self/cgroup", groups);
    Write("/proc/self/mountinfo",
          "22 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw\n" + mounts);
  }
  std::optional<double> Quota() { return ReadCpuQuota(root_); }

  const std::string root_;
};

constexpr char kVersion2[] =
    "30 22 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 "
    "rw,nsdelegate\n";
constexpr char kVersion1[] =
    "33 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw shared:9 - cgroup cgroup "
    "rw,cpu,cpuacct\n";

TEST_F(CpuQuotaTest, NothingIsKnown) {
  EXPECT_EQ(Quota(), std::nullopt);
  WriteProcess("0::/\n", kVersion2);
  EXPECT_EQ(Quota(), std::nullopt);  // the root group has no cpu.max
}

TEST_F(CpuQuotaTest, Version2) {
  WriteProcess("0::/user.slice/job.scope\n", kVersion2);
  const std::string group = "/sys/fs/cgroup/user.slice/job.scope/cpu.max";
  Write(group, "max 100000\n");
  EXPECT_EQ(Quota(), std::nullopt);
  Write(group, "150000 100000\n");
  EXPECT_EQ(Quota(), 1.5);
  Write(group, "20000 10000\n");
  EXPECT_EQ(Quota(), 2);
  for (const char* damaged : {"", "x", "100000", "0 100000", "5 0", "-1 5"}) {
    Write(group, damaged);
    EXPECT_EQ(Quota(), std::nullopt) << damaged;
  }
}

TEST_F(CpuQuotaTest, TheSmallestOfAllGroupsAroundIt) {
  WriteProcess("0::/a/b/c\n", kVersion2);
  Write("/sys/fs/cgroup/a/b/c/cpu.max", "300000 100000\n");
  Write("/sys/fs/cgroup/a/b/cpu.max", "max 100000\n");
  EXPECT_EQ(Quota(), 3);
  Write("/sys/fs/cgroup/a/cpu.max", "50000 100000\n");
  EXPECT_EQ(Quota(), 0.5);
  Write("/sys/fs/cgroup/other/cpu.max", "10000 100000\n");
  EXPECT_EQ(Quota(), 0.5);
}

// A container with a namespace of its own sees its group as the root.
TEST_F(CpuQuotaTest, Version2InAContainer) {
  WriteProcess("0::/\n", kVersion2);
  Write("/sys/fs/cgroup/cpu.max", "250000 100000\n");
  EXPECT_EQ(Quota(), 2.5);
  WriteProcess("0::/../neighbor\n", kVersion2);
  EXPECT_EQ(Quota(), 2.5);
}

TEST_F(CpuQuotaTest, Version1) {
  WriteProcess("7:memory:/m\n4:cpu,cpuacct:/job\n0::/\n", kVersion1);
  const std::string group = "/sys/fs/cgroup/cpu,cpuacct/job";
  Write(group + "/cpu.cfs_period_us", "100000\n");
  Write(group + "/cpu.cfs_quota_us", "-1\n");
  EXPECT_EQ(Quota(), std::nullopt);
  Write(group + "/cpu.cfs_quota_us", "400000\n");
  EXPECT_EQ(Quota(), 4);
}

// Without a namespace the container's group has the machine's name, but the
// mount shows that group alone.
TEST_F(CpuQuotaTest, Version1InAContainer) {
  WriteProcess("4:cpuacct,cpu:/docker/5f3\n",
               "33 31 0:29 /docker/5f3 /sys/fs/cgroup/cpu ro master:9 - "
               "cgroup cgroup rw,cpu,cpuacct\n");
  Write("/sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
  Write("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "75000\n");
  EXPECT_EQ(Quota(), 0.75);
}

// Both are mounted, as systemd's hybrid layout does; processors belong to one
// of them.
TEST_F(CpuQuotaTest, BothVersions) {
  WriteProcess("4:cpu,cpuacct:/job\n0::/job\n",
               std::string(kVersion1) +
                   "41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 "
                   "rw\n34 31 0:30 / /sys/fs/cgroup/cpuset rw - cgroup cgroup "
                   "rw,cpuset\n");
  Write("/sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_period_us", "100000\n");
  Write("/sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_quota_us", "600000\n");
  EXPECT_EQ(Quota(), 6);
}

TEST_F(CpuQuotaTest, MountPointsWithSpaces) {
  WriteProcess("0::/a\n",
               "30 22 0:26 / /my\\040groups rw - cgroup2 cgroup2 rw\n");
  Write("/my groups/a/cpu.max", "100000 100000\n");
  EXPECT_EQ(Quota(), 1);
}

TEST_F(CpuQuotaTest, DamagedLinesLimitNothing) {
  WriteProcess("nonsense\n0::\n:\n", std::string("30 22\n - \n") + kVersion2);
  EXPECT_EQ(Quota(), std::nullopt);
}

}  // namespace
}  // namespace tamp
