#include "data/image_folder.h"

#include <algorithm>
#include <cstring>
#include <fstream>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/buffer.h"
#include "core/parallel_for.h"
#include "core/read_file.h"
#include "core/status_macros.h"
#include "data/decode_image.h"
#include "data/image_list.h"

namespace tamp {
namespace {

constexpr int64_t kMaxFileBytes = int64_t{1} << 29;
constexpr int64_t kHeaderBytes = int64_t{1} << 16;

absl::Status NameFile(const std::string& path, const absl::Status& status) {
  return absl::InvalidArgumentError(absl::StrCat(
      path, " ", status.message(), "; repair the file or remove it"));
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
  ImageFolder(ImageList list, std::vector<ImageSize> sizes,
              const ImageFolderOptions& options)
      : list_(std::move(list)),
        sizes_(std::move(sizes)),
        options_(options),
        offsets_(1, 0) {
    for (const ImageSize& image : sizes_) {
      offsets_.push_back(offsets_.back() +
                         options_.channels * image.height * image.width);
    }
  }

  // Decodes all images into memory if they fit.
  absl::Status Load();

  const std::string& location() const override { return list_.folder; }
  int64_t size() const override { return list_.entries.size(); }
  int num_classes() const override { return list_.class_names.size(); }
  const std::vector<std::string>& class_names() const override {
    return list_.class_names;
  }
  int64_t channels() const override { return options_.channels; }
  std::vector<std::string> notes() const override;
  ImageSize image_size(int64_t index) const override { return sizes_[index]; }
  int label(int64_t index) const override { return list_.entries[index].label; }
  std::string image_name(int64_t index) const override {
    return list_.entries[index].path;
  }

  absl::StatusOr<ImageView> Get(int64_t index, Image* scratch) const override {
    if (memory_.data() == nullptr) return Decode(index, scratch);
    return ImageView{
        static_cast<const uint8_t*>(memory_.data()) + offsets_[index],
        options_.channels, sizes_[index].height, sizes_[index].width};
  }

 private:
  absl::StatusOr<ImageView> Decode(int64_t index, Image* scratch) const;

  const ImageList list_;
  const std::vector<ImageSize> sizes_;
  const ImageFolderOptions options_;
  std::vector<int64_t> offsets_;  // of images in memory_, and its size
  Buffer memory_;                 // empty when images are decoded on demand
};

std::vector<std::string> ImageFolder::notes() const {
  if (list_.passed_over.count() == 0) return {};
  return {absl::StrCat(
      location(), ": passed over: ", list_.passed_over.ToString(),
      "; what counts are .jpeg, .jpg, .jfif, .jpe and .png files right in "
      "the folders of the classes")};
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
        path, " has changed its size since it was opened; start again"));
  }
  return image;
}

// Calls body(i) for 0..count-1 on several threads and returns the first error
// in the order of i.
absl::Status ForAll(int num_threads, int64_t count,
                    absl::FunctionRef<absl::Status(int64_t)> body) {
  std::vector<absl::Status> errors(count);
  ParallelFor(num_threads, count, [&](int64_t i) { errors[i] = body(i); });
  for (const absl::Status& error : errors) RETURN_IF_ERROR(error);
  return absl::OkStatus();
}

absl::Status ImageFolder::Load() {
  if (offsets_.back() > options_.memory_budget_bytes) return absl::OkStatus();
  ASSIGN_OR_RETURN(Buffer memory, Buffer::Allocate(offsets_.back()));
  RETURN_IF_ERROR(ForAll(options_.num_threads, size(), [&](int64_t i) {
    Image scratch;
    ASSIGN_OR_RETURN(const ImageView image, Decode(i, &scratch));
    std::memcpy(static_cast<uint8_t*>(memory.data()) + offsets_[i], image.data,
                image.num_pixels());
    return absl::OkStatus();
  }));
  memory_ = std::move(memory);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<Dataset>> OpenImageFolder(
    const std::string& folder, std::optional<DataParameter::Split> split,
    const ImageFolderOptions& options) {
  ASSIGN_OR_RETURN(ImageList list, ListImages(folder, split));
  std::vector<ImageSize> sizes(list.entries.size());
  RETURN_IF_ERROR(
      ForAll(options.num_threads, list.entries.size(), [&](int64_t i) {
        ASSIGN_OR_RETURN(sizes[i],
                         ReadImageSizeOfFile(list.entries[i].path,
                                             options.exif_orientation));
        return absl::OkStatus();
      }));
  auto dataset =
      std::make_unique<ImageFolder>(std::move(list), std::move(sizes), options);
  RETURN_IF_ERROR(dataset->Load());
  return dataset;
}

}  // namespace tamp
