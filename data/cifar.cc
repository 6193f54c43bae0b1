#include "data/cifar.h"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/read_file.h"
#include "core/status_macros.h"
#include "data/memory_dataset.h"

namespace tamp {
namespace {

constexpr int64_t kSide = 32;
constexpr int64_t kImageBytes = 3 * kSide * kSide;
constexpr int64_t kRecordBytes = 1 + kImageBytes;
constexpr int64_t kMaxFileBytes = 1'000'000 * kRecordBytes;
constexpr int kNumClasses = 10;

std::vector<std::string> FileNames(DataParameter::Split split) {
  if (split != DataParameter::TRAIN) return {"test_batch.bin"};
  return {"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin",
          "data_batch_4.bin", "data_batch_5.bin"};
}

bool Exists(const std::string& path) {
  std::error_code error;  // the form that does not throw
  return std::filesystem::exists(path, error);
}

// The publisher's archive has the files in a folder of its own.
std::string FolderOfFiles(const std::string& folder) {
  const std::string inner = absl::StrCat(folder, "/", kCifar10Folder);
  return Exists(inner) ? inner : folder;
}

// Takes the records of a file apart and appends them. There are num_files files
// of about one size.
absl::Status AppendRecords(const std::string& path, int64_t num_files,
                           MemoryImages* images) {
  ASSIGN_OR_RETURN(const std::string bytes, ReadFile(path, kMaxFileBytes));
  const int64_t size = bytes.size();
  if (size == 0 || size % kRecordBytes != 0) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": ", size,
                     " bytes are no whole number of records of ", kRecordBytes,
                     " bytes; the file is truncated or not in CIFAR-10's "
                     "binary layout: fetch it again"));
  }
  const int64_t num_records = size / kRecordBytes;
  if (images->pixels.empty()) {
    images->pixels.reserve(num_files * num_records * kImageBytes);
  }
  for (int64_t i = 0; i < num_records; ++i) {
    const auto* record =
        reinterpret_cast<const uint8_t*>(bytes.data()) + i * kRecordBytes;
    if (record[0] >= kNumClasses) {
      return absl::InvalidArgumentError(absl::StrCat(
          path, ": record ", i, " has label ", record[0],
          ", labels are 0 to 9; the file is damaged: fetch it again"));
    }
    images->labels.push_back(record[0]);
    images->pixels.insert(images->pixels.end(), record + 1,
                          record + kRecordBytes);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<Dataset>> OpenCifar10(
    const std::string& folder, DataParameter::Split split) {
  const std::string files = FolderOfFiles(folder);
  const std::vector<std::string> names = FileNames(split);
  for (const std::string& name : names) {
    if (!Exists(absl::StrCat(files, "/", name))) {
      return absl::NotFoundError(absl::StrCat(
          "no file ", files, "/", name,
          "; CIFAR-10 is read from the folder with ",
          "data_batch_1.bin to data_batch_5.bin and ", "test_batch.bin"));
    }
  }
  MemoryImages images;
  images.channels = 3;
  images.height = images.width = kSide;
  images.num_classes = kNumClasses;
  images.class_names = {"airplane", "automobile", "bird",  "cat",  "deer",
                        "dog",      "frog",       "horse", "ship", "truck"};
  for (const std::string& name : names) {
    RETURN_IF_ERROR(
        AppendRecords(absl::StrCat(files, "/", name), names.size(), &images));
  }
  return std::make_unique<MemoryDataset>(std::move(images));
}

bool HasCifar10(const std::string& folder) {
  const std::string files = FolderOfFiles(folder);
  for (const auto split : {DataParameter::TRAIN, DataParameter::TEST}) {
    for (const std::string& name : FileNames(split)) {
      if (!Exists(absl::StrCat(files, "/", name))) return false;
    }
  }
  return true;
}

}  // namespace tamp
