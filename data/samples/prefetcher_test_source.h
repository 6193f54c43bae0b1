// What tests prefetch: a few random images, of which some may be broken.

#ifndef TAMP_DATA_SAMPLES_PREFETCHER_TEST_SOURCE_H_
#define TAMP_DATA_SAMPLES_PREFETCHER_TEST_SOURCE_H_

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/check.h"
#include "core/rank.h"
#include "data/batch_source.h"
#include "data/datasets/dataset.h"
#include "data/datasets/memory_dataset.h"
#include "data/images/image.h"
#include "data/samples/normalizer.h"
#include "data/samples/prefetcher.h"
#include "data/samples/sample_loader.h"
#include "data/samples/sampler.h"
#include "data/samples/transform.h"
#include "data/samples/transform_options.h"
#include "tests/util/test_files.h"

namespace tamp {

constexpr int64_t kNumSamples = 13;

inline std::unique_ptr<Dataset> RandomDataset() {
  MemoryImages images;
  images.channels = 3;
  images.height = 12;
  images.width = 10;
  images.num_classes = 20;
  images.pixels.resize(kNumSamples * 360);
  const Image pixels = RandomImage(1, kNumSamples, 360, 8);
  std::copy_n(pixels.view().data, images.pixels.size(), images.pixels.data());
  for (int i = 0; i < kNumSamples; ++i) images.labels.push_back(i);
  return std::make_unique<MemoryDataset>(std::move(images));
}

// Images that cannot be decoded. Tests add some while samples are made.
class BrokenImages {
 public:
  BrokenImages(std::initializer_list<int64_t> indices = {})
      : indices_(indices) {}

  void Add(int64_t index) {
    const std::lock_guard<std::mutex> lock(mutex_);
    indices_.insert(index);
  }
  bool Has(int64_t index) const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return indices_.count(index) > 0;
  }

 private:
  mutable std::mutex mutex_;
  std::set<int64_t> indices_;
};

// As a data set of which some images cannot be decoded.
class BrokenDataset : public Dataset {
 public:
  explicit BrokenDataset(const BrokenImages* broken,
                         std::vector<int64_t> unreadable = {})
      : broken_(broken), unreadable_(std::move(unreadable)) {}

  const std::string& location() const override { return location_; }
  int64_t size() const override { return kNumSamples; }
  int num_classes() const override { return whole_->num_classes(); }
  const std::vector<std::string>& class_names() const override {
    return whole_->class_names();
  }
  int64_t channels() const override { return whole_->channels(); }
  std::vector<int64_t> unreadable() const override { return unreadable_; }
  ImageSize image_size(int64_t index) const override {
    return whole_->image_size(index);
  }
  int label(int64_t index) const override { return whole_->label(index); }
  absl::StatusOr<ImageView> Get(int64_t index, Image* scratch) const override {
    if (broken_->Has(index)) {
      return absl::InvalidArgumentError(absl::StrCat("broken ", index));
    }
    return whole_->Get(index, scratch);
  }

 private:
  const BrokenImages* const broken_;
  const std::vector<int64_t> unreadable_;
  const std::string location_ = "broken";
  const std::unique_ptr<Dataset> whole_ = RandomDataset();
};

inline std::unique_ptr<BatchSource> MakeSource(
    std::unique_ptr<Dataset> dataset, Phase phase, int num_workers,
    int64_t capacity, uint64_t seed = 1, bool skips = false, Rank rank = {}) {
  TransformOptions options;
  options.resize = {10, 12, 15};
  options.pad = 2;
  options.rotate_degrees = 20;
  options.crop_size = 8;
  options.mirror = true;
  options.scale = 0.5;
  absl::StatusOr<Transform> transform =
      Transform::Create(options, *dataset, phase);
  absl::StatusOr<Normalizer> normalizer = Normalizer::Create(options, 3, {});
  CHECK(transform.ok() && normalizer.ok());
  PrefetchOptions prefetch;
  prefetch.num_workers = num_workers;
  prefetch.capacity = capacity;
  prefetch.leaves_out_unreadable = skips && phase == TEST;
  LoaderOptions loader;
  loader.seed = seed;
  loader.replaces_unreadable = skips && phase == TRAIN;
  return std::make_unique<Prefetcher>(
      std::make_unique<SampleLoader>(std::move(dataset), *transform,
                                     *normalizer, loader),
      Sampler(kNumSamples, phase == TRAIN, seed, rank), prefetch);
}

}  // namespace tamp

#endif  // TAMP_DATA_SAMPLES_PREFETCHER_TEST_SOURCE_H_
