// The files of an image folder, before any of them is opened.

#ifndef TAMP_DATA_IMAGE_LIST_H_
#define TAMP_DATA_IMAGE_LIST_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "proto/data.pb.h"

namespace tamp {

struct ImageList {
  struct Entry {
    std::string path;
    int label = 0;
  };
  std::vector<std::string> class_names;  // sorted
  std::vector<Entry> entries;            // by class, then by name; at least one
};

// Lists a split as image_folder.h says. Errors: a missing folder, a split
// without classes, a class without images, classes that are not those of
// "train".
absl::StatusOr<ImageList> ListImages(const std::string& folder,
                                     DataParameter::Split split);

}  // namespace tamp

#endif  // TAMP_DATA_IMAGE_LIST_H_
