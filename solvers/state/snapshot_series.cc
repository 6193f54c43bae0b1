#include "solvers/state/snapshot_series.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "core/files/atomic_file.h"
#include "core/logging.h"
#include "core/status_macros.h"
#include "formats/snapshot.h"

namespace tamp {
namespace {

constexpr absl::string_view kInfix = "_iter_";
constexpr absl::string_view kSuffix = ".snapshot";

std::filesystem::path FolderOf(const std::string& prefix) {
  const std::filesystem::path folder =
      std::filesystem::path(prefix).parent_path();
  return folder.empty() ? std::filesystem::path(".") : folder;
}

// The iteration in a file's name, or nothing when it is none of the series.
std::optional<int64_t> IterationOf(absl::string_view file_name,
                                   absl::string_view base) {
  int64_t iteration;
  if (!absl::ConsumePrefix(&file_name, base) ||
      !absl::ConsumePrefix(&file_name, kInfix) ||
      !absl::ConsumeSuffix(&file_name, kSuffix) ||
      !std::all_of(file_name.begin(), file_name.end(),
                   [](char c) { return c >= '0' && c <= '9'; }) ||
      !absl::SimpleAtoi(file_name, &iteration)) {
    return std::nullopt;
  }
  return iteration;
}

}  // namespace

std::string SnapshotPath(const std::string& prefix, int64_t iteration) {
  return absl::StrCat(prefix, kInfix, iteration, kSuffix);
}

std::string SnapshotPattern(const std::string& prefix) {
  return absl::StrCat(prefix, kInfix, "*", kSuffix);
}

absl::Status PrepareSnapshotFolder(const std::string& prefix) {
  const std::filesystem::path folder = FolderOf(prefix);
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) {
    return absl::InvalidArgumentError(
        absl::StrCat("cannot make the snapshot folder ", folder.string(), ": ",
                     error.message(), "; choose another snapshot_prefix"));
  }
  const std::string trial = absl::StrCat(prefix, "_trial");
  const absl::Status written = WriteFileAtomically(trial, {"trial"});
  if (!written.ok()) {
    return absl::Status(written.code(),
                        absl::StrCat("snapshots cannot be written: ",
                                     std::string(written.message()),
                                     "; choose another snapshot_prefix"));
  }
  std::filesystem::remove(trial, error);
  return absl::OkStatus();
}

std::vector<std::string> ListSnapshots(const std::string& prefix) {
  const std::string base = std::filesystem::path(prefix).filename().string();
  std::vector<std::pair<int64_t, std::string>> found;
  std::error_code error;
  for (std::filesystem::directory_iterator i(FolderOf(prefix), error), end;
       !error && i != end; i.increment(error)) {
    const auto iteration = IterationOf(i->path().filename().string(), base);
    if (iteration) found.emplace_back(*iteration, i->path().string());
  }
  std::sort(found.rbegin(), found.rend());
  std::vector<std::string> paths;
  for (auto& [iteration, path] : found) paths.push_back(std::move(path));
  return paths;
}

absl::StatusOr<std::optional<LoadedSnapshot>> ReadLatestSnapshot(
    const std::string& prefix) {
  const std::vector<std::string> paths = ListSnapshots(prefix);
  for (const std::string& path : paths) {
    absl::StatusOr<SnapshotParameter> snapshot = ReadSnapshot(path);
    if (snapshot.ok()) {
      return std::make_optional(LoadedSnapshot{path, *std::move(snapshot)});
    }
    LOG(WARNING) << "passing over " << std::string(snapshot.status().message());
  }
  if (paths.empty()) return std::optional<LoadedSnapshot>();
  return absl::DataLossError(absl::StrCat(
      "none of the ", paths.size(), " snapshots ", SnapshotPattern(prefix),
      " can be read; delete them to start anew"));
}

}  // namespace tamp
