// MemoryDataset: images of one size in memory, as they stand in the files of
// CIFAR and MNIST.

#ifndef TAMP_DATA_DATASETS_MEMORY_DATASET_H_
#define TAMP_DATA_DATASETS_MEMORY_DATASET_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/check.h"
#include "data/datasets/dataset.h"

namespace tamp {

struct MemoryImages {
  std::string location;  // the files that they were read from
  int64_t channels = 1, height = 0, width = 0;
  std::vector<uint8_t> pixels;  // image by image, in planes
  std::vector<uint8_t> labels;  // below num_classes, or outside_labels
  int num_classes = 0;
  std::vector<OutsideLabel> outside_labels;
  std::vector<std::string> class_names;  // empty, or num_classes of them
};

class MemoryDataset : public Dataset {
 public:
  // REQUIRES: at least one image, sizes that agree.
  explicit MemoryDataset(MemoryImages images)
      : images_(std::move(images)),
        image_pixels_(images_.channels * images_.height * images_.width) {
    CHECK(!images_.labels.empty());
    CHECK_EQ(static_cast<int64_t>(images_.pixels.size()),
             image_pixels_ * size());
  }

  const std::string& location() const override { return images_.location; }
  int64_t size() const override { return images_.labels.size(); }
  int num_classes() const override { return images_.num_classes; }
  const std::vector<std::string>& class_names() const override {
    return images_.class_names;
  }
  absl::Span<const OutsideLabel> outside_labels() const override {
    return images_.outside_labels;
  }
  int64_t channels() const override { return images_.channels; }
  ImageSize image_size(int64_t) const override {
    return {images_.height, images_.width};
  }
  int label(int64_t index) const override { return images_.labels[index]; }
  absl::StatusOr<ImageView> Get(int64_t index, Image*) const override {
    return ImageView{images_.pixels.data() + index * image_pixels_,
                     images_.channels, images_.height, images_.width};
  }

 private:
  const MemoryImages images_;
  const int64_t image_pixels_;
};

}  // namespace tamp

#endif  // TAMP_DATA_DATASETS_MEMORY_DATASET_H_
