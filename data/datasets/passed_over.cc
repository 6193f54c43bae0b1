#include "data/datasets/passed_over.h"

#include <algorithm>
#include <filesystem>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/files/shown_name.h"

namespace tamp {
namespace {

constexpr size_t kMaxKinds = 6;         // named in a line
constexpr size_t kMaxEndingBytes = 12;  // longer ones are parts of a name

}  // namespace

void PassedOver::Add(absl::string_view kind, absl::string_view example) {
  Kind& entry = kinds_[std::string(kind)];
  if (entry.count++ == 0) entry.example = std::string(example);
  ++count_;
}

void PassedOver::AddFile(absl::string_view name, absl::string_view example) {
  const std::string ending = absl::AsciiStrToLower(
      std::filesystem::path(std::string(name)).extension().string());
  const bool has_ending = ending.size() > 1 && ending.size() <= kMaxEndingBytes;
  Add(has_ending ? ShownName(ending) : "without ending", example);
}

void PassedOver::Add(const PassedOver& other) {
  for (const auto& [name, kind] : other.kinds_) {
    Kind& entry = kinds_[name];
    if (entry.count == 0) entry.example = kind.example;
    entry.count += kind.count;
  }
  count_ += other.count_;
}

std::string PassedOver::ToString() const {
  std::vector<std::pair<std::string, Kind>> kinds(kinds_.begin(), kinds_.end());
  std::stable_sort(kinds.begin(), kinds.end(),
                   [](const auto& a, const auto& b) {
                     return a.second.count > b.second.count;
                   });
  std::vector<std::string> items;
  int64_t num_others = count_;
  for (const auto& [name, kind] : kinds) {
    if (items.size() == kMaxKinds) break;
    num_others -= kind.count;
    items.push_back(absl::StrCat(kind.count, " ", name, " (",
                                 ShownName(kind.example), ")"));
  }
  if (num_others > 0) {
    items.push_back(absl::StrCat("and ", num_others, " more"));
  }
  return absl::StrJoin(items, ", ");
}

}  // namespace tamp
