// Dataset: a numbered collection of labeled images, one split of a data set.
//
// Opening one checks all that can be checked without decoding every image:
// labels are in range or listed, files are whole. Errors name the file and say
// what to do. A Dataset never changes and any number of threads may read it.

#ifndef TAMP_DATA_DATASETS_DATASET_H_
#define TAMP_DATA_DATASETS_DATASET_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "data/datasets/outside_label.h"
#include "data/images/image.h"

namespace tamp {

class Dataset {
 public:
  virtual ~Dataset() = default;

  // What it was read from, as the user knows it: a folder, or files.
  virtual const std::string& location() const = 0;
  // At least 1.
  virtual int64_t size() const = 0;
  virtual int num_classes() const = 0;
  // One name a class; empty where the data set has no names.
  virtual const std::vector<std::string>& class_names() const = 0;
  // Each once.
  virtual absl::Span<const OutsideLabel> outside_labels() const { return {}; }
  // The same for all images.
  virtual int64_t channels() const = 0;
  // Lines for the user about what was found there and is not in the data set.
  virtual std::vector<std::string> notes() const { return {}; }
  // The indices, ascending, of images that cannot be read: fewer than size().
  // They keep their numbers, so that others keep theirs when a file is damaged.
  virtual std::vector<int64_t> unreadable() const { return {}; }

  // REQUIRES of all that follow: 0 <= index < size().
  //
  // Of an unreadable image that of another.
  virtual ImageSize image_size(int64_t index) const = 0;
  // In 0..num_classes()-1, or one of outside_labels().
  virtual int label(int64_t index) const = 0;
  // What messages call the image: its file, or its number.
  virtual std::string image_name(int64_t index) const {
    return absl::StrCat("image ", index);
  }
  // The image of the size above: memory of the data set, or *scratch where it
  // had to be decoded. An error names the file, which is unreadable, or has
  // changed or been damaged since it was opened.
  virtual absl::StatusOr<ImageView> Get(int64_t index,
                                        Image* scratch) const = 0;
};

}  // namespace tamp

#endif  // TAMP_DATA_DATASETS_DATASET_H_
