#include "data/image_list.h"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <system_error>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/status_macros.h"

namespace tamp {
namespace {

bool IsFolder(const std::string& path) {
  std::error_code error;  // the form that does not throw
  return std::filesystem::is_directory(path, error);
}

bool IsImageName(const std::string& name) {
  const std::string lower = absl::AsciiStrToLower(name);
  return lower[0] != '.' &&
         (absl::EndsWith(lower, ".jpeg") || absl::EndsWith(lower, ".jpg") ||
          absl::EndsWith(lower, ".png"));
}

// The sorted names in a folder: those of folders, or those of images.
absl::StatusOr<std::vector<std::string>> Names(const std::string& folder,
                                               bool of_folders) {
  std::error_code error;
  std::filesystem::directory_iterator it(folder, error), end;
  std::vector<std::string> names;
  for (; !error && it != end; it.increment(error)) {
    const std::string name = it->path().filename().string();
    const bool is_wanted = of_folders
                               ? name[0] != '.' && IsFolder(it->path().string())
                               : IsImageName(name);
    if (is_wanted) names.push_back(name);
  }
  if (error) {
    return absl::InvalidArgumentError(
        absl::StrCat("cannot list ", folder, ": ", error.message()));
  }
  std::sort(names.begin(), names.end());
  return names;
}

absl::StatusOr<std::string> SplitFolder(const std::string& folder,
                                        DataParameter::Split split) {
  const std::string train = folder + "/train", val = folder + "/val",
                    test = folder + "/test";
  if (split == DataParameter::TRAIN) {
    if (IsFolder(train)) return train;
    return absl::NotFoundError(absl::StrCat(
        "no folder ", train, "; it must hold a folder of images a class"));
  }
  if (IsFolder(val)) return val;
  if (IsFolder(test)) return test;
  return absl::NotFoundError(
      absl::StrCat("no folder ", val, " or ", test,
                   "; it must hold a folder of images a class"));
}

// The classes of `train` count for all splits.
absl::Status CheckClasses(const std::string& train,
                          const std::string& split_folder,
                          const std::vector<std::string>& split_names) {
  if (split_folder == train || !IsFolder(train)) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::vector<std::string> train_names,
                   Names(train, /*of_folders=*/true));
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

}  // namespace

absl::StatusOr<ImageList> ListImages(const std::string& folder,
                                     DataParameter::Split split) {
  ASSIGN_OR_RETURN(const std::string split_folder, SplitFolder(folder, split));
  ImageList list;
  ASSIGN_OR_RETURN(list.class_names, Names(split_folder, /*of_folders=*/true));
  if (list.class_names.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(
        split_folder, " holds no class folders, so there are no images"));
  }
  RETURN_IF_ERROR(
      CheckClasses(folder + "/train", split_folder, list.class_names));
  for (size_t label = 0; label < list.class_names.size(); ++label) {
    const std::string class_folder =
        absl::StrCat(split_folder, "/", list.class_names[label]);
    ASSIGN_OR_RETURN(const std::vector<std::string> names,
                     Names(class_folder, /*of_folders=*/false));
    if (names.empty()) {
      return absl::InvalidArgumentError(absl::StrCat(
          "class folder ", class_folder,
          " holds no .jpeg, .jpg or .png file; fill it or remove it"));
    }
    for (const std::string& name : names) {
      list.entries.push_back(
          {absl::StrCat(class_folder, "/", name), static_cast<int>(label)});
    }
  }
  return list;
}

}  // namespace tamp
