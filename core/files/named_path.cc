#include "core/files/named_path.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace tamp {
namespace {

using std::filesystem::path;

path Here() {
  std::error_code error;
  return std::filesystem::current_path(error);
}

// In the order of the search, each once.
std::vector<path> FoldersToSearch(absl::string_view naming_file) {
  std::vector<path> folders = {Here()};
  if (naming_file.empty()) return folders;
  const path beside =
      (Here() / std::string(naming_file)).lexically_normal().parent_path();
  for (const path& folder : {beside, beside.parent_path()}) {
    if (std::find(folders.begin(), folders.end(), folder) == folders.end()) {
      folders.push_back(folder);
    }
  }
  return folders;
}

// Below the working folder without it.
std::string DisplayName(const path& folder) {
  if (folder == Here()) return "the working folder";
  const std::string below = folder.lexically_relative(Here()).string();
  return below.empty() || absl::StartsWith(below, "..") ? folder.string()
                                                        : below;
}

}  // namespace

std::string ResolveNamedPath(absl::string_view named,
                             absl::string_view naming_file) {
  const path given{std::string(named)};
  std::error_code error;  // the form that does not throw
  if (given.empty() || given.is_absolute() ||
      std::filesystem::exists(given, error)) {
    return std::string(named);
  }
  for (const path& folder : FoldersToSearch(naming_file)) {
    const path there = (folder / given).lexically_normal();
    if (std::filesystem::exists(there, error)) return there.string();
  }
  return std::string(named);
}

std::string DescribeNamedPathSearch(absl::string_view named,
                                    absl::string_view naming_file) {
  if (named.empty() || path(std::string(named)).is_absolute()) return "";
  std::vector<std::string> names;
  for (const path& folder : FoldersToSearch(naming_file)) {
    names.push_back(DisplayName(folder));
  }
  const std::string last = names.back();
  names.pop_back();
  return absl::StrCat("; looked in ", absl::StrJoin(names, ", "),
                      names.empty() ? "" : " and ", last);
}

std::string FileOfLocation(absl::string_view location) {
  const size_t column = location.rfind(':');
  if (column == absl::string_view::npos || column == 0) return "";
  const size_t line = location.rfind(':', column - 1);
  return line == absl::string_view::npos
             ? ""
             : std::string(location.substr(0, line));
}

}  // namespace tamp
