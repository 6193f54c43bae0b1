#include "data/datasets/idx.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/status_macros.h"
#include "data/datasets/memory_dataset.h"

namespace tamp {
namespace {

constexpr int64_t kMaxSide = 16384;
constexpr int64_t kMaxBytes = int64_t{1} << 32;
constexpr int64_t kReadBytes = int64_t{1} << 20;  // of one call of zlib
constexpr int64_t kMaxExpansion = 1032;           // of deflate
constexpr int kMaxClasses = 256;                  // labels are bytes

struct IdxArray {
  std::vector<int64_t> dims;
  std::vector<uint8_t> elements;
};

// `name` as it is, or with .gz.
absl::StatusOr<std::string> FindFile(const std::string& folder,
                                     const std::string& name) {
  for (const char* ending : {"", ".gz"}) {
    const std::string path = absl::StrCat(folder, "/", name, ending);
    std::error_code error;  // the form that does not throw
    if (std::filesystem::is_regular_file(path, error)) return path;
  }
  return absl::NotFoundError(
      absl::StrCat("no file ", folder, "/", name, " or ", name,
                   ".gz; the folder must hold the four files of MNIST's "
                   "layout"));
}

// Reads up to `size` bytes, fewer only at the end of the file. zlib passes
// plain files through.
absl::StatusOr<int64_t> ReadUpTo(gzFile file, uint8_t* bytes, int64_t size) {
  int64_t used = 0;
  while (used < size) {
    const int n = gzread(file, bytes + used, std::min(size - used, kReadBytes));
    int code = Z_OK;
    const char* message = gzerror(file, &code);
    if (n < 0 || code != Z_OK) {
      return absl::InvalidArgumentError(
          absl::StrCat("cannot be read: ", message));
    }
    if (n == 0) break;
    used += n;
  }
  return used;
}

absl::Status ReadExactly(gzFile file, uint8_t* bytes, int64_t size) {
  ASSIGN_OR_RETURN(const int64_t used, ReadUpTo(file, bytes, size));
  if (used == size) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("ends ", size - used, " bytes too early"));
}

// The extents, checked: a file that lies about them gets no memory.
absl::StatusOr<std::vector<int64_t>> ReadHeader(gzFile file, int rank) {
  std::array<uint8_t, 4> word;
  RETURN_IF_ERROR(ReadExactly(file, word.data(), 4));
  if (word != std::array<uint8_t, 4>{0, 0, 8, static_cast<uint8_t>(rank)}) {
    return absl::InvalidArgumentError(
        absl::StrCat("is no IDX file of bytes with ", rank, " axes"));
  }
  std::vector<int64_t> dims;
  int64_t bytes = 1;
  for (int axis = 0; axis < rank; ++axis) {
    RETURN_IF_ERROR(ReadExactly(file, word.data(), 4));
    const int64_t extent =
        int64_t{word[0]} << 24 | word[1] << 16 | word[2] << 8 | word[3];
    if (extent == 0 || extent > kMaxBytes / bytes ||
        (axis > 0 && extent > kMaxSide)) {
      return absl::InvalidArgumentError(
          absl::StrCat("has an axis of ", extent, " elements"));
    }
    bytes *= extent;
    dims.push_back(extent);
  }
  return dims;
}

absl::StatusOr<IdxArray> ReadOpenFile(gzFile file, int rank,
                                      int64_t file_bytes) {
  IdxArray array;
  ASSIGN_OR_RETURN(array.dims, ReadHeader(file, rank));
  int64_t bytes = 1;
  for (const int64_t extent : array.dims) bytes *= extent;
  if (bytes > kMaxExpansion * file_bytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("claims ", bytes, " elements, more than ", file_bytes,
                     " bytes of file can hold"));
  }
  array.elements.resize(bytes);
  RETURN_IF_ERROR(ReadExactly(file, array.elements.data(), bytes));
  // At the end zlib also compares the checksum.
  uint8_t more;
  ASSIGN_OR_RETURN(const int64_t num_more, ReadUpTo(file, &more, 1));
  if (num_more > 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("goes on after the ", bytes, " elements of its header"));
  }
  return array;
}

absl::StatusOr<IdxArray> ReadIdx(const std::string& path, int rank) {
  gzFile file = gzopen(path.c_str(), "rb");
  if (file == nullptr) {
    return absl::ErrnoToStatus(errno, absl::StrCat("cannot open ", path));
  }
  const auto close_file = absl::MakeCleanup([file] { gzclose(file); });
  std::error_code error;  // the form that does not throw
  const int64_t file_bytes = std::filesystem::file_size(path, error);
  absl::StatusOr<IdxArray> array = ReadOpenFile(file, rank, file_bytes);
  if (array.ok()) return array;
  return absl::InvalidArgumentError(
      absl::StrCat(path, " ", array.status().message(), "; fetch it again"));
}

std::vector<OutsideLabel> FindOutsideLabels(const std::string& path,
                                            const std::vector<uint8_t>& labels,
                                            int num_classes) {
  std::vector<OutsideLabel> outside;
  std::array<bool, kMaxClasses> is_found = {};
  for (size_t i = 0; i < labels.size(); ++i) {
    if (labels[i] < num_classes || is_found[labels[i]]) continue;
    is_found[labels[i]] = true;
    outside.push_back({labels[i], absl::StrCat(path, ": sample ", i)});
  }
  return outside;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Dataset>> OpenIdx(
    const std::string& folder, std::optional<DataParameter::Split> split,
    int num_classes) {
  if (num_classes < 1 || num_classes > kMaxClasses) {
    return absl::InvalidArgumentError(
        absl::StrCat("data_param.num_classes is ", num_classes,
                     ", it must be 1 to ", kMaxClasses, " for IDX files"));
  }
  if (split == DataParameter::VAL) {
    return absl::InvalidArgumentError(
        "data_param.split is VAL, but the MNIST family has no validation set; "
        "it has TRAIN and TEST");
  }
  const std::string prefix = split == DataParameter::TRAIN ? "train" : "t10k";
  ASSIGN_OR_RETURN(const std::string images_path,
                   FindFile(folder, prefix + "-images-idx3-ubyte"));
  ASSIGN_OR_RETURN(const std::string labels_path,
                   FindFile(folder, prefix + "-labels-idx1-ubyte"));
  ASSIGN_OR_RETURN(IdxArray pixels, ReadIdx(images_path, 3));
  ASSIGN_OR_RETURN(IdxArray labels, ReadIdx(labels_path, 1));
  if (labels.dims[0] != pixels.dims[0]) {
    return absl::InvalidArgumentError(absl::StrCat(
        labels_path, " has ", labels.dims[0], " labels for ", pixels.dims[0],
        " images; take both files from the same data set"));
  }
  MemoryImages images;
  images.location = images_path;
  images.height = pixels.dims[1];
  images.width = pixels.dims[2];
  images.pixels = std::move(pixels.elements);
  images.outside_labels =
      FindOutsideLabels(labels_path, labels.elements, num_classes);
  images.labels = std::move(labels.elements);
  images.num_classes = num_classes;
  return std::make_unique<MemoryDataset>(std::move(images));
}

}  // namespace tamp
