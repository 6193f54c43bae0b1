// Image folders, as ImageNet and its subsets come:
//
//   <folder>/train/<class>/*.JPEG    <folder>/val/<class>/*.JPEG
//
// Every image is a file right in its class's folder whose name ends as one of
// an image does (ImageEndings); all others are passed over, which the data
// set's notes say. Classes are numbered in the order of their folders' names,
// images in the order of classes and then of file names.

#ifndef TAMP_DATA_DATASETS_IMAGE_FOLDER_H_
#define TAMP_DATA_DATASETS_IMAGE_FOLDER_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "data/datasets/dataset.h"
#include "proto/data.pb.h"

namespace tamp {

struct ImageFolderOptions {
  int64_t channels = 3;  // 3 (color) or 1 (luminance), whatever files hold
  // The images are decoded while opening when they all fit in as many bytes;
  // otherwise each is decoded when it is asked for.
  int64_t memory_budget_bytes = int64_t{4} << 30;
  int num_threads = 1;            // for opening
  bool exif_orientation = false;  // turn images as their files ask
  // SKIP: images that opening finds unreadable are those of
  // Dataset::unreadable(); it is an error only if all are.
  DataParameter::OnUnreadable on_unreadable = DataParameter::STOP;
};

// Reads the header of every image, and decodes all if they are to be in memory;
// an error lists the unreadable ones. TRAIN is the folder "train", VAL is
// "val", TEST is "test", or "val" where there is no "test"; without a split,
// which is for the tests of a training, it is "val", or "test" where there is
// no "val". Where there is a "train", its classes count, and the other folder
// must have the same.
absl::StatusOr<std::unique_ptr<Dataset>> OpenImageFolder(
    const std::string& folder, std::optional<DataParameter::Split> split,
    const ImageFolderOptions& options);

}  // namespace tamp

#endif  // TAMP_DATA_DATASETS_IMAGE_FOLDER_H_
