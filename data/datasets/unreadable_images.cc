#include "data/datasets/unreadable_images.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace tamp {
namespace {

constexpr char kHowToLeaveOut[] =
    "leave out what is unreadable with data_param.on_unreadable: SKIP";

std::vector<std::string> ListFiles(const UnreadableImages& unreadable) {
  std::vector<std::string> lines;
  for (const auto& [index, error] : unreadable) {
    if (lines.size() == kMaxNamedImages) {
      lines.push_back(
          absl::StrCat("  and ", unreadable.size() - kMaxNamedImages, " more"));
      break;
    }
    lines.push_back(absl::StrCat("  ", error.message()));
  }
  return lines;
}

}  // namespace

absl::Status UnreadableError(const std::string& location, int64_t num_images,
                             const UnreadableImages& unreadable) {
  if (unreadable.size() == 1) {
    return absl::InvalidArgumentError(
        absl::StrCat(unreadable.begin()->second.message(),
                     "; repair the file or remove it, or ", kHowToLeaveOut));
  }
  return absl::InvalidArgumentError(absl::StrCat(
      location, ": ", unreadable.size(), " of ", num_images,
      " images cannot be read; repair the files or remove them, or ",
      kHowToLeaveOut, "\n", absl::StrJoin(ListFiles(unreadable), "\n")));
}

std::vector<std::string> UnreadableNotes(const std::string& location,
                                         int64_t num_images,
                                         const UnreadableImages& unreadable) {
  std::vector<std::string> lines;
  if (unreadable.empty()) return lines;
  lines = ListFiles(unreadable);
  lines.insert(
      lines.begin(),
      absl::StrCat(location, ": ", unreadable.size(), " of ", num_images,
                   " images cannot be read and are skipped:"));
  return lines;
}

}  // namespace tamp
