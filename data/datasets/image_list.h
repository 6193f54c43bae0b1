// The files of an image folder, before any of them is opened.

#ifndef TAMP_DATA_DATASETS_IMAGE_LIST_H_
#define TAMP_DATA_DATASETS_IMAGE_LIST_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "data/datasets/passed_over.h"
#include "proto/data.pb.h"

namespace tamp {

struct ImageList {
  struct Entry {
    std::string path;
    int label = 0;
  };
  std::string folder;                    // of the split
  std::vector<std::string> class_names;  // sorted
  std::vector<Entry> entries;            // by class, then by name; at least one
  PassedOver passed_over;                // examples start at `folder`
};

// ".jpeg, .jpg, .jfif, .jpe or .png", with "or" or another word: how the names
// of images end, in capitals or not.
std::string ImageEndings(absl::string_view word);

// Lists a split as image_folder.h says. Errors: a missing folder, a split
// without classes, a class without images, classes that are not those of
// "train".
absl::StatusOr<ImageList> ListImages(const std::string& folder,
                                     std::optional<DataParameter::Split> split);

}  // namespace tamp

#endif  // TAMP_DATA_DATASETS_IMAGE_LIST_H_
