// The files' formats: man 5 proc_pid_mountinfo, man 7 cgroups, and the kernel's
// Documentation/admin-guide/cgroup-v2.rst and
// Documentation/scheduler/sched-bwc.

#include "core/cpu/cpu_quota.h"

#include <algorithm>
#include <fstream>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"

namespace tamp {
namespace {

// A mounted tree of control groups that may limit processors.
struct Hierarchy {
  bool is_version2 = false;
  std::string top;    // the group that is seen at the mount point
  std::string point;  // where
};

std::vector<std::string> ReadLines(const std::string& path) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

// mountinfo writes a space, tab, line break and backslash as \ooo.
std::string Unescape(absl::string_view text) {
  std::string result;
  for (size_t i = 0; i < text.size(); ++i) {
    int code = 0;
    const absl::string_view digits = text.substr(i).substr(1, 3);
    if (text[i] == '\\' && digits.size() == 3 &&
        absl::c_all_of(digits, [](char c) { return c >= '0' && c <= '7'; })) {
      for (const char digit : digits) code = 8 * code + (digit - '0');
      result += static_cast<char>(code);
      i += 3;
    } else {
      result += text[i];
    }
  }
  return result;
}

bool HasWord(absl::string_view list, absl::string_view word) {
  const std::vector<absl::string_view> words = absl::StrSplit(list, ',');
  return std::find(words.begin(), words.end(), word) != words.end();
}

// `36 25 0:30 /top /point rw,noatime shared:9 - cgroup cgroup rw,cpu,cpuacct`
std::vector<Hierarchy> FindHierarchies(const std::string& root) {
  std::vector<Hierarchy> found;
  for (const std::string& line :
       ReadLines(absl::StrCat(root, "/proc/self/mountinfo"))) {
    const std::pair<std::string, std::string> halves =
        absl::StrSplit(line, absl::MaxSplits(" - ", 1));
    const std::vector<std::string> mount = absl::StrSplit(halves.first, ' ');
    const std::vector<std::string> system = absl::StrSplit(halves.second, ' ');
    if (mount.size() < 5 || system.size() < 3) continue;
    const bool is_version2 = system[0] == "cgroup2";
    if (!is_version2 && (system[0] != "cgroup" || !HasWord(system[2], "cpu"))) {
      continue;
    }
    found.push_back({is_version2, Unescape(mount[3]), Unescape(mount[4])});
  }
  return found;
}

// The process's group: `0::/group` of version 2, `5:cpu,cpuacct:/group` of 1.
std::string FindGroup(const std::string& root, bool is_version2) {
  for (const std::string& line :
       ReadLines(absl::StrCat(root, "/proc/self/cgroup"))) {
    const std::vector<std::string> parts =
        absl::StrSplit(line, absl::MaxSplits(':', 2));
    if (parts.size() < 3) continue;
    if (is_version2 ? parts[0] == "0" : HasWord(parts[1], "cpu")) {
      return parts[2];
    }
  }
  return "/";
}

// The group as a path below the mount point: "" or "/a/b". In a container the
// group may be named as the machine sees it while the mount shows only a part,
// or lie outside of what is mounted: then what is mounted is all we can see.
std::string PathBelow(const std::string& top, const std::string& group) {
  absl::string_view path = group;
  if (top != "/" && !absl::ConsumePrefix(&path, top)) return "";
  if (path == "/" || !absl::StartsWith(path, "/") ||
      absl::StrContains(path, "/..")) {
    return "";
  }
  return std::string(path);
}

// The number that a file holds, or the two of `text` where it is cpu.max.
std::optional<double> Ratio(absl::string_view quota, absl::string_view period) {
  double quota_us, period_us;
  if (!absl::SimpleAtod(quota, &quota_us) ||
      !absl::SimpleAtod(period, &period_us)) {
    return std::nullopt;  // "max" among others
  }
  if (quota_us <= 0 || period_us <= 0) return std::nullopt;  // -1 is no limit
  return quota_us / period_us;
}

std::string FirstLine(const std::string& path) {
  std::string line;
  std::getline(std::ifstream(path), line);
  return line;
}

std::optional<double> QuotaOfGroup(bool is_version2,
                                   const std::string& folder) {
  if (!is_version2) {
    return Ratio(FirstLine(absl::StrCat(folder, "/cpu.cfs_quota_us")),
                 FirstLine(absl::StrCat(folder, "/cpu.cfs_period_us")));
  }
  const std::pair<std::string, std::string> words = absl::StrSplit(
      FirstLine(absl::StrCat(folder, "/cpu.max")), absl::MaxSplits(' ', 1));
  return Ratio(words.first, words.second);
}

}  // namespace

std::optional<double> ReadCpuQuota(const std::string& root) {
  std::optional<double> least;
  for (const Hierarchy& hierarchy : FindHierarchies(root)) {
    std::string path =
        PathBelow(hierarchy.top, FindGroup(root, hierarchy.is_version2));
    while (true) {
      const std::optional<double> quota = QuotaOfGroup(
          hierarchy.is_version2, absl::StrCat(root, hierarchy.point, path));
      if (quota && (!least || *quota < *least)) least = quota;
      if (path.empty()) break;
      path.resize(path.rfind('/'));
    }
  }
  return least;
}

}  // namespace tamp
