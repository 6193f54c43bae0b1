#include "data/samples/mean_image.h"

#include <cmath>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/files/read_file.h"
#include "core/shape.h"
#include "core/status_macros.h"
#include "proto/blob.pb.h"

namespace tamp {
namespace {

constexpr int64_t kMaxFileBytes = int64_t{1} << 30;

// The last three extents; those before them must be 1.
absl::StatusOr<MeanImage> Extents(const BlobProto& blob) {
  std::vector<int64_t> dims = {blob.num(), blob.channels(), blob.height(),
                               blob.width()};
  if (blob.has_shape()) {
    dims.assign(blob.shape().dim().begin(), blob.shape().dim().end());
  }
  ASSIGN_OR_RETURN(const Shape shape, Shape::Create(dims));
  if (shape.rank() < 3 || shape.count(0, shape.rank() - 3) != 1) {
    return absl::InvalidArgumentError(absl::StrCat(
        "holds ", shape.ToString(), " numbers, not channels x height x width"));
  }
  MeanImage image;
  image.channels = shape.dim(-3);
  image.height = shape.dim(-2);
  image.width = shape.dim(-1);
  return image;
}

absl::StatusOr<MeanImage> Parse(const std::string& bytes) {
  BlobProto blob;
  if (!blob.ParseFromString(bytes)) {
    return absl::InvalidArgumentError("is not a BlobProto");
  }
  ASSIGN_OR_RETURN(MeanImage image, Extents(blob));
  if (blob.data_size() > 0) {
    image.values.assign(blob.data().begin(), blob.data().end());
  } else {
    image.values.assign(blob.double_data().begin(), blob.double_data().end());
  }
  const int64_t expected = image.channels * image.height * image.width;
  if (static_cast<int64_t>(image.values.size()) != expected) {
    return absl::InvalidArgumentError(absl::StrCat(
        "holds ", image.values.size(), " numbers instead of ", expected));
  }
  for (const float value : image.values) {
    if (!std::isfinite(value)) {
      return absl::InvalidArgumentError("holds numbers that are not finite");
    }
  }
  return image;
}

}  // namespace

absl::StatusOr<MeanImage> ReadMeanImage(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string bytes, ReadFile(path, kMaxFileBytes));
  absl::StatusOr<MeanImage> image = Parse(bytes);
  if (image.ok()) return image;
  return absl::InvalidArgumentError(
      absl::StrCat("mean_file ", path, " ", image.status().message()));
}

}  // namespace tamp
