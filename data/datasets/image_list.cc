#include "data/datasets/image_list.h"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <system_error>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/status_macros.h"

namespace tamp {
namespace {

// JPEG's four endings, and PNG's.
constexpr const char* kImageEndings[] = {".jpeg", ".jpg", ".jfif", ".jpe",
                                         ".png"};

bool IsFolder(const std::string& path) {
  std::error_code error;  // the form that does not throw
  return std::filesystem::is_directory(path, error);
}

bool IsHidden(const std::string& name) { return name[0] == '.'; }

bool IsImageName(const std::string& name) {
  const std::string lower = absl::AsciiStrToLower(name);
  return std::any_of(
      std::begin(kImageEndings), std::end(kImageEndings),
      [&lower](const char* ending) { return absl::EndsWith(lower, ending); });
}

// Something in a folder; links stand for what they lead to.
struct Found {
  enum Type { kFile, kFolder, kDevice };
  std::string name;
  Type type = kFile;
};

// Sorted by name.
absl::StatusOr<std::vector<Found>> List(const std::string& folder) {
  std::error_code error, ignored;
  std::filesystem::directory_iterator it(folder, error), end;
  std::vector<Found> all;
  for (; !error && it != end; it.increment(error)) {
    Found found;
    found.name = it->path().filename().string();
    if (it->is_directory(ignored)) found.type = Found::kFolder;
    // Opening one might wait forever.
    if (it->is_other(ignored)) found.type = Found::kDevice;
    all.push_back(std::move(found));
  }
  if (error) {
    return absl::InvalidArgumentError(
        absl::StrCat("cannot list ", folder, ": ", error.message()));
  }
  std::sort(all.begin(), all.end(),
            [](const Found& a, const Found& b) { return a.name < b.name; });
  return all;
}

absl::StatusOr<std::vector<std::string>> ClassNames(const std::string& folder,
                                                    PassedOver* passed_over) {
  ASSIGN_OR_RETURN(const std::vector<Found> all, List(folder));
  std::vector<std::string> names;
  for (const Found& found : all) {
    if (IsHidden(found.name)) {
      passed_over->Add("hidden", found.name);
    } else if (found.type == Found::kFolder) {
      names.push_back(found.name);
    } else {
      passed_over->Add("beside the classes' folders", found.name);
    }
  }
  return names;
}

absl::StatusOr<std::vector<std::string>> ImageNames(
    const std::string& folder, const std::string& class_name,
    PassedOver* passed_over) {
  ASSIGN_OR_RETURN(const std::vector<Found> all,
                   List(absl::StrCat(folder, "/", class_name)));
  std::vector<std::string> names;
  for (const Found& found : all) {
    const std::string example = absl::StrCat(class_name, "/", found.name);
    if (IsHidden(found.name)) {
      passed_over->Add("hidden", example);
    } else if (found.type == Found::kFolder) {
      passed_over->Add("deeper folders", example);
    } else if (found.type == Found::kDevice) {
      passed_over->Add("that are no files", example);
    } else if (IsImageName(found.name)) {
      names.push_back(found.name);
    } else {
      passed_over->AddFile(found.name, example);
    }
  }
  return names;
}

// The folders that a split may be read from; the first that there is counts.
// A training tests itself on validation data if it has any: a choice that is
// made by the test set makes its score too good.
std::vector<std::string> SplitFolders(
    std::optional<DataParameter::Split> split) {
  if (!split) return {"val", "test"};
  switch (*split) {
    case DataParameter::TRAIN:
      return {"train"};
    case DataParameter::VAL:
      return {"val"};
    case DataParameter::TEST:
      return {"test", "val"};
  }
  return {};
}

absl::StatusOr<std::string> SplitFolder(
    const std::string& folder, std::optional<DataParameter::Split> split) {
  std::vector<std::string> paths;
  for (const std::string& name : SplitFolders(split)) {
    paths.push_back(absl::StrCat(folder, "/", name));
    if (IsFolder(paths.back())) return paths.back();
  }
  const bool has_test =
      split == DataParameter::VAL && IsFolder(absl::StrCat(folder, "/test"));
  return absl::NotFoundError(absl::StrCat(
      "no folder ", absl::StrJoin(paths, " or "),
      "; it must hold a folder of images a class",
      has_test ? "; the images of test are read with split: TEST" : ""));
}

// The classes of `train` count for all splits.
absl::Status CheckClasses(const std::string& train,
                          const std::string& split_folder,
                          const std::vector<std::string>& split_names) {
  if (split_folder == train || !IsFolder(train)) return absl::OkStatus();
  PassedOver passed_over;
  ASSIGN_OR_RETURN(const std::vector<std::string> train_names,
                   ClassNames(train, &passed_over));
  std::vector<std::string> different;
  std::set_symmetric_difference(train_names.begin(), train_names.end(),
                                split_names.begin(), split_names.end(),
                                std::back_inserter(different));
  if (different.empty()) return absl::OkStatus();
  const bool in_train = std::binary_search(
      train_names.begin(), train_names.end(), different.front());
  return absl::InvalidArgumentError(absl::StrCat(
      "class folder ", different.front(), " is in ",
      in_train ? train : split_folder, " but not in ",
      in_train ? split_folder : train,
      "; both must have the same classes, or their numbers would differ"));
}

std::string ButOther(const PassedOver& passed_over) {
  return passed_over.count() == 0
             ? ""
             : absl::StrCat(", but ", passed_over.ToString());
}

// Appends the images of a class.
absl::Status ListClass(int label, ImageList* list) {
  const std::string& class_name = list->class_names[label];
  PassedOver passed_over;
  ASSIGN_OR_RETURN(const std::vector<std::string> names,
                   ImageNames(list->folder, class_name, &passed_over));
  const std::string class_folder = absl::StrCat(list->folder, "/", class_name);
  if (names.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "class folder ", class_folder, " holds no ", ImageEndings("or"),
        " file", ButOther(passed_over), "; fill it or remove it"));
  }
  for (const std::string& name : names) {
    list->entries.push_back({absl::StrCat(class_folder, "/", name), label});
  }
  list->passed_over.Add(passed_over);
  return absl::OkStatus();
}

}  // namespace

std::string ImageEndings(absl::string_view word) {
  const auto last = std::prev(std::end(kImageEndings));
  return absl::StrCat(absl::StrJoin(std::begin(kImageEndings), last, ", "), " ",
                      word, " ", *last);
}

absl::StatusOr<ImageList> ListImages(
    const std::string& folder, std::optional<DataParameter::Split> split) {
  ImageList list;
  ASSIGN_OR_RETURN(list.folder, SplitFolder(folder, split));
  ASSIGN_OR_RETURN(list.class_names,
                   ClassNames(list.folder, &list.passed_over));
  if (list.class_names.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(
        list.folder, " holds no class folders, so there are no images",
        ButOther(list.passed_over)));
  }
  RETURN_IF_ERROR(
      CheckClasses(folder + "/train", list.folder, list.class_names));
  for (size_t label = 0; label < list.class_names.size(); ++label) {
    RETURN_IF_ERROR(ListClass(static_cast<int>(label), &list));
  }
  return list;
}

}  // namespace tamp
