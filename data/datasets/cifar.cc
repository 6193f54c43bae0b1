#include "data/datasets/cifar.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "core/files/read_file.h"
#include "core/status_macros.h"
#include "data/datasets/cifar_names.h"
#include "data/datasets/memory_dataset.h"

namespace tamp {
namespace {

constexpr int64_t kSide = 32;
constexpr int64_t kImageBytes = 3 * kSide * kSide;
constexpr int64_t kMaxRecords = 1'000'000;  // of a file

struct Layout {
  absl::string_view name;
  absl::string_view folder;  // in the publisher's archive
  absl::string_view archive;
  std::vector<std::string> train_files, test_files;
  std::vector<int> num_classes;  // of each label of a record, a byte each
};

Layout Cifar10Layout() {
  return {"CIFAR-10",
          kCifar10Folder,
          "cifar-10-binary.tar.gz",
          {"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin",
           "data_batch_4.bin", "data_batch_5.bin"},
          {"test_batch.bin"},
          {10}};
}

Layout Cifar100Layout() {
  return {"CIFAR-100",   kCifar100Folder, "cifar-100-binary.tar.gz",
          {"train.bin"}, {"test.bin"},    {20, 100}};
}

bool Exists(const std::string& path) {
  std::error_code error;  // the form that does not throw
  return std::filesystem::exists(path, error);
}

// The publisher's archive has the files in a folder of its own.
std::string FolderOfFiles(const Layout& layout, const std::string& folder) {
  const std::string inner = absl::StrCat(folder, "/", layout.folder);
  return Exists(inner) ? inner : folder;
}

bool HasFiles(const Layout& layout, const std::string& folder) {
  const std::string files = FolderOfFiles(layout, folder);
  const auto exists = [&files](const std::string& name) {
    return Exists(absl::StrCat(files, "/", name));
  };
  return std::all_of(layout.train_files.begin(), layout.train_files.end(),
                     exists) &&
         std::all_of(layout.test_files.begin(), layout.test_files.end(),
                     exists);
}

std::string JoinedNames(const std::vector<std::string>& names) {
  return names.size() == 1 ? names[0]
                           : absl::StrCat(names.front(), " to ", names.back());
}

// The other of the two may be there.
absl::Status MissingFile(const Layout& layout, const std::string& folder,
                         const std::string& path) {
  const bool is_cifar10 = layout.name == Cifar10Layout().name;
  const Layout other = is_cifar10 ? Cifar100Layout() : Cifar10Layout();
  if (HasFiles(other, folder)) {
    return absl::InvalidArgumentError(absl::StrCat(
        folder, " holds ", other.name, ", not ", layout.name,
        "; to train on it use backend: ", is_cifar10 ? "CIFAR100" : "CIFAR10"));
  }
  return absl::NotFoundError(absl::StrCat(
      "no file ", path, "; ", layout.name, " is read from the folder with ",
      JoinedNames(layout.train_files), " and ", layout.test_files[0],
      ": unpack https://www.cs.toronto.edu/~kriz/", layout.archive, " there"));
}

// Takes the records of a file apart and appends them, with the label at
// `label_byte`. There are num_files files of about one size.
absl::Status AppendRecords(const std::string& path, const Layout& layout,
                           int label_byte, int64_t num_files,
                           MemoryImages* images) {
  const int num_labels = static_cast<int>(layout.num_classes.size());
  const int64_t record_bytes = num_labels + kImageBytes;
  ASSIGN_OR_RETURN(const std::string bytes,
                   ReadFile(path, kMaxRecords * record_bytes));
  const int64_t size = bytes.size();
  if (size == 0 || size % record_bytes != 0) {
    return absl::InvalidArgumentError(absl::StrCat(
        path, ": ", size, " bytes are no whole number of records of ",
        record_bytes, " bytes; the file is truncated or not in ", layout.name,
        "'s binary layout: fetch it again"));
  }
  const int64_t num_records = size / record_bytes;
  if (images->pixels.empty()) {
    images->pixels.reserve(num_files * num_records * kImageBytes);
  }
  for (int64_t i = 0; i < num_records; ++i) {
    const auto* record =
        reinterpret_cast<const uint8_t*>(bytes.data()) + i * record_bytes;
    for (int k = 0; k < num_labels; ++k) {
      if (record[k] < layout.num_classes[k]) continue;
      return absl::InvalidArgumentError(absl::StrCat(
          path, ": record ", i, " has label ", record[k], ", labels are 0 to ",
          layout.num_classes[k] - 1, "; the file is damaged: fetch it again"));
    }
    images->labels.push_back(record[label_byte]);
    images->pixels.insert(images->pixels.end(), record + num_labels,
                          record + record_bytes);
  }
  return absl::OkStatus();
}

// Everything but the names.
absl::StatusOr<MemoryImages> ReadSplit(
    const Layout& layout, const std::string& folder,
    std::optional<DataParameter::Split> split, int label_byte) {
  if (split == DataParameter::VAL) {
    return absl::InvalidArgumentError(
        absl::StrCat("data_param.split is VAL, but ", layout.name,
                     " has no validation set; it has TRAIN and TEST"));
  }
  const std::string files = FolderOfFiles(layout, folder);
  const std::vector<std::string>& names =
      split == DataParameter::TRAIN ? layout.train_files : layout.test_files;
  for (const std::string& name : names) {
    const std::string path = absl::StrCat(files, "/", name);
    if (!Exists(path)) return MissingFile(layout, folder, path);
  }
  MemoryImages images;
  images.location = absl::StrCat(files, "/", JoinedNames(names));
  images.channels = 3;
  images.height = images.width = kSide;
  images.num_classes = layout.num_classes[label_byte];
  for (const std::string& name : names) {
    RETURN_IF_ERROR(AppendRecords(absl::StrCat(files, "/", name), layout,
                                  label_byte, names.size(), &images));
  }
  return images;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Dataset>> OpenCifar10(
    const std::string& folder, std::optional<DataParameter::Split> split) {
  ASSIGN_OR_RETURN(MemoryImages images,
                   ReadSplit(Cifar10Layout(), folder, split, 0));
  images.class_names = Cifar10Names();
  return std::make_unique<MemoryDataset>(std::move(images));
}

absl::StatusOr<std::unique_ptr<Dataset>> OpenCifar100(
    const std::string& folder, std::optional<DataParameter::Split> split,
    DataParameter::Cifar100Labels labels) {
  const Layout layout = Cifar100Layout();
  const bool is_fine = labels == DataParameter::FINE;
  ASSIGN_OR_RETURN(MemoryImages images,
                   ReadSplit(layout, folder, split, is_fine ? 1 : 0));
  images.class_names = Cifar100Names(labels);
  const std::string path = absl::StrCat(
      FolderOfFiles(layout, folder),
      is_fine ? "/fine_label_names.txt" : "/coarse_label_names.txt");
  if (Exists(path)) {
    ASSIGN_OR_RETURN(images.class_names,
                     ReadClassNames(path, images.num_classes));
  }
  return std::make_unique<MemoryDataset>(std::move(images));
}

bool HasCifar10(const std::string& folder) {
  return HasFiles(Cifar10Layout(), folder);
}

bool HasCifar100(const std::string& folder) {
  return HasFiles(Cifar100Layout(), folder);
}

}  // namespace tamp
