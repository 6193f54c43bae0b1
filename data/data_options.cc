#include "data/data_options.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "core/status_macros.h"
#include "data/samples/transform_options.h"

namespace tamp {
namespace {

constexpr int64_t kMaxPrefetch = 1024;   // batches
constexpr int64_t kMaxIdxClasses = 256;  // labels of IDX files are bytes
constexpr int64_t kMaxClasses = int64_t{1} << 24;  // whole numbers in a float
constexpr int64_t kMaxMib = int64_t{1} << 30;

absl::Status CheckRange(absl::string_view field, int64_t value, int64_t low,
                        int64_t high) {
  if (value >= low && value <= high) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "data_param.", field, " is ", value, ", it must be ", low, " to ", high));
}

bool CanBeRead(DataParameter::DB backend) {
  return backend == DataParameter::CIFAR10 ||
         backend == DataParameter::CIFAR100 || backend == DataParameter::IDX ||
         backend == DataParameter::IMAGE_FOLDER;
}

// Fields that would do nothing, although one who gives them means something.
absl::Status CheckBackendsOwn(const DataParameter& data) {
  if (!data.has_backend()) return absl::OkStatus();  // nothing will be read
  const char* wrong = nullptr;
  if (data.has_cifar100_labels() && data.backend() != DataParameter::CIFAR100) {
    wrong = "cifar100_labels is for backend CIFAR100";
  }
  if (data.on_unreadable() == DataParameter::SKIP &&
      data.backend() != DataParameter::IMAGE_FOLDER) {
    wrong = "on_unreadable: SKIP is for backend IMAGE_FOLDER";
  }
  if (data.exif_orientation() &&
      data.backend() != DataParameter::IMAGE_FOLDER) {
    wrong = "exif_orientation is for backend IMAGE_FOLDER";
  }
  if (wrong == nullptr) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("data_param.", wrong, ", this one is ",
                   DataParameter::DB_Name(data.backend())));
}

}  // namespace

absl::Status BackendError(const DataParameter& data) {
  return absl::InvalidArgumentError(absl::StrCat(
      "data_param.backend ", DataParameter::DB_Name(data.backend()),
      data.has_backend() ? "" : ", the default,",
      " cannot be read; there are CIFAR10, CIFAR100, IDX and IMAGE_FOLDER"));
}

absl::Status CheckDataOptions(const LayerParameter& parameter) {
  const DataParameter& data = parameter.data_param();
  if (data.has_backend() && !CanBeRead(data.backend())) {
    return BackendError(data);
  }
  RETURN_IF_ERROR(CheckRange(
      "num_classes", data.num_classes(), 1,
      data.backend() == DataParameter::IDX ? kMaxIdxClasses : kMaxClasses));
  RETURN_IF_ERROR(CheckRange("prefetch", data.prefetch(), 1, kMaxPrefetch));
  RETURN_IF_ERROR(
      CheckRange("memory_budget_mib", data.memory_budget_mib(), 0, kMaxMib));
  RETURN_IF_ERROR(CheckBackendsOwn(data));
  return ParseTransformOptions(parameter).status();
}

absl::Status CheckClaimedShape(const LayerParameter& parameter,
                               const Shape& sample) {
  ASSIGN_OR_RETURN(const TransformOptions options,
                   ParseTransformOptions(parameter));
  RETURN_IF_ERROR(CheckChannelCounts(options, sample.dim(0)));
  const int64_t crop = options.crop_size;
  if (crop == 0 || (sample.dim(1) == crop && sample.dim(2) == crop)) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "data_param.shape is ", sample.ToString(), ", but crop_size ", crop,
      " makes samples of ", sample.dim(0), "x", crop, "x", crop));
}

}  // namespace tamp
