#include "data/datasets/image_folder.h"

#include <cstring>
#include <fstream>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/device/buffer.h"
#include "core/device/host_memory.h"
#include "core/files/read_file.h"
#include "core/files/shown_name.h"
#include "core/status_macros.h"
#include "core/threads/parallel_for.h"
#include "data/datasets/image_list.h"
#include "data/datasets/unreadable_images.h"
#include "data/images/decode_image.h"

namespace tamp {
namespace {

constexpr int64_t kMaxFileBytes = int64_t{1} << 29;
constexpr int64_t kHeaderBytes = int64_t{1} << 16;

absl::Status NameFile(const std::string& path, const absl::Status& status) {
  return absl::InvalidArgumentError(
      absl::StrCat(ShownPath(path), " ", status.message()));
}

// Looks at the beginning of the file first, since headers are mostly there.
absl::StatusOr<ImageSize> ReadImageSizeOfFile(const std::string& path,
                                              bool exif_orientation) {
  std::string beginning(kHeaderBytes, '\0');
  std::ifstream file(path, std::ios::binary);
  file.read(&beginning[0], kHeaderBytes);
  beginning.resize(file.gcount());
  const absl::StatusOr<ImageSize> size =
      ReadImageSize(beginning, exif_orientation);
  if (size.ok()) return size;
  ASSIGN_OR_RETURN(const std::string bytes, ReadFile(path, kMaxFileBytes));
  const absl::StatusOr<ImageSize> size_of_all =
      ReadImageSize(bytes, exif_orientation);
  if (size_of_all.ok()) return size_of_all;
  return NameFile(path, size_of_all.status());
}

class ImageFolder : public Dataset {
 public:
  ImageFolder(ImageList list, const ImageFolderOptions& options)
      : list_(std::move(list)), options_(options) {}

  absl::Status Open();

  const std::string& location() const override { return list_.folder; }
  int64_t size() const override { return list_.entries.size(); }
  int num_classes() const override { return list_.class_names.size(); }
  const std::vector<std::string>& class_names() const override {
    return list_.class_names;
  }
  int64_t channels() const override { return options_.channels; }
  std::vector<std::string> notes() const override;
  std::vector<int64_t> unreadable() const override;
  ImageSize image_size(int64_t index) const override { return sizes_[index]; }
  int label(int64_t index) const override { return list_.entries[index].label; }
  std::string image_name(int64_t index) const override {
    return list_.entries[index].path;
  }
  absl::StatusOr<ImageView> Get(int64_t index, Image* scratch) const override;

 private:
  void ReadHeaders();
  // Decodes all images into memory if they fit.
  absl::Status Load();
  // Calls body(i) for all images that are readable so far, on several threads;
  // those that it returns an error for are unreadable.
  void ForAllReadable(absl::FunctionRef<absl::Status(int64_t)> body);
  absl::StatusOr<ImageView> Decode(int64_t index, Image* scratch) const;

  const ImageList list_;
  const ImageFolderOptions options_;
  UnreadableImages unreadable_;
  std::vector<ImageSize> sizes_;
  std::vector<int64_t> offsets_;  // of images in memory_
  Buffer memory_;                 // empty when images are decoded on demand
};

absl::Status ImageFolder::Open() {
  ReadHeaders();
  RETURN_IF_ERROR(Load());
  const bool may_skip = options_.on_unreadable == DataParameter::SKIP &&
                        static_cast<int64_t>(unreadable_.size()) < size();
  if (unreadable_.empty() || may_skip) return absl::OkStatus();
  return UnreadableError(location(), size(), unreadable_);
}

std::vector<std::string> ImageFolder::notes() const {
  std::vector<std::string> lines;
  if (list_.passed_over.count() > 0) {
    lines.push_back(absl::StrCat(
        location(), ": passed over: ", list_.passed_over.ToString(),
        "; what counts are ", ImageEndings("and"),
        " files right in the folders of the classes"));
  }
  for (std::string& line : UnreadableNotes(location(), size(), unreadable_)) {
    lines.push_back(std::move(line));
  }
  return lines;
}

std::vector<int64_t> ImageFolder::unreadable() const {
  std::vector<int64_t> indices;
  for (const auto& [index, error] : unreadable_) indices.push_back(index);
  return indices;
}

absl::StatusOr<ImageView> ImageFolder::Get(int64_t index,
                                           Image* scratch) const {
  const auto found = unreadable_.find(index);
  if (found != unreadable_.end()) return found->second;
  if (memory_.data() != nullptr) {
    return ImageView{
        static_cast<const uint8_t*>(memory_.data()) + offsets_[index],
        options_.channels, sizes_[index].height, sizes_[index].width};
  }
  const absl::StatusOr<ImageView> image = Decode(index, scratch);
  if (image.ok() || options_.on_unreadable == DataParameter::SKIP) return image;
  return absl::Status(
      image.status().code(),
      absl::StrCat(image.status().message(),
                   "; repair the file, or go on without it with "
                   "data_param.on_unreadable: SKIP"));
}

absl::StatusOr<ImageView> ImageFolder::Decode(int64_t index,
                                              Image* scratch) const {
  const std::string& path = list_.entries[index].path;
  ASSIGN_OR_RETURN(const std::string bytes, ReadFile(path, kMaxFileBytes));
  const absl::Status status = DecodeImage(
      bytes, {options_.channels, options_.exif_orientation}, scratch);
  if (!status.ok()) return NameFile(path, status);
  const ImageView image = scratch->view();
  if (!(ImageSize{image.height, image.width} == sizes_[index])) {
    return absl::InvalidArgumentError(absl::StrCat(
        ShownPath(path), " has changed its size since it was opened"));
  }
  return image;
}

void ImageFolder::ForAllReadable(
    absl::FunctionRef<absl::Status(int64_t)> body) {
  std::vector<absl::Status> errors(size());
  ParallelFor(options_.num_threads, size(), [&](int64_t i) {
    if (unreadable_.count(i) == 0) errors[i] = body(i);
  });
  for (int64_t i = 0; i < size(); ++i) {
    if (!errors[i].ok()) unreadable_.emplace(i, errors[i]);
  }
}

void ImageFolder::ReadHeaders() {
  sizes_.resize(size());
  ForAllReadable([this](int64_t i) {
    ASSIGN_OR_RETURN(sizes_[i], ReadImageSizeOfFile(list_.entries[i].path,
                                                    options_.exif_orientation));
    return absl::OkStatus();
  });
}

absl::Status ImageFolder::Load() {
  int64_t num_bytes = 0;
  for (const ImageSize& image : sizes_) {
    offsets_.push_back(num_bytes);
    num_bytes += options_.channels * image.height * image.width;
  }
  if (num_bytes > 0 && num_bytes <= options_.memory_budget_bytes) {
    ASSIGN_OR_RETURN(Buffer memory, AllocateHostMemory(num_bytes));
    ForAllReadable([&](int64_t i) -> absl::Status {
      Image scratch;
      ASSIGN_OR_RETURN(const ImageView image, Decode(i, &scratch));
      std::memcpy(static_cast<uint8_t*>(memory.data()) + offsets_[i],
                  image.data, image.num_pixels());
      return absl::OkStatus();
    });
    memory_ = std::move(memory);
  }
  // Whoever looks at all sizes need not ask which of them count.
  int64_t readable = 0;
  while (readable + 1 < size() && unreadable_.count(readable) > 0) ++readable;
  for (const auto& [index, error] : unreadable_) {
    sizes_[index] = sizes_[readable];
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<Dataset>> OpenImageFolder(
    const std::string& folder, std::optional<DataParameter::Split> split,
    const ImageFolderOptions& options) {
  ASSIGN_OR_RETURN(ImageList list, ListImages(folder, split));
  auto dataset = std::make_unique<ImageFolder>(std::move(list), options);
  RETURN_IF_ERROR(dataset->Open());
  return dataset;
}

}  // namespace tamp
