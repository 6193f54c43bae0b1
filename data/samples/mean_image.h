// Mean images in Caffe's format: a serialized BlobProto.

#ifndef TAMP_DATA_SAMPLES_MEAN_IMAGE_H_
#define TAMP_DATA_SAMPLES_MEAN_IMAGE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace tamp {

struct MeanImage {
  int64_t channels = 0, height = 0, width = 0;
  std::vector<float> values;  // in planes, in the order of the images' channels
};

// Errors name the file: unreadable, no BlobProto, not one image, numbers that
// are not finite or not as many as its extents say.
absl::StatusOr<MeanImage> ReadMeanImage(const std::string& path);

}  // namespace tamp

#endif  // TAMP_DATA_SAMPLES_MEAN_IMAGE_H_
