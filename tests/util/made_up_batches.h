// MadeUpBatches: a data set that is computed, for tests of training.
//
// A sample of class c is a pattern of its class plus noise. In training the
// noise is new in every epoch, as augmentation would make it, and samples come
// in another order in every epoch; both depend on the position alone.

#ifndef TAMP_TESTS_UTIL_MADE_UP_BATCHES_H_
#define TAMP_TESTS_UTIL_MADE_UP_BATCHES_H_

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/rank.h"
#include "core/rng.h"
#include "core/shape.h"
#include "data/batch_source.h"
#include "proto/layer.pb.h"

namespace tamp {

struct MadeUpOptions {
  Shape sample_shape = {1, 4, 4};
  int64_t num_train = 50;
  int64_t num_test = 23;
  int num_classes = 3;
  // Every so many-th sample has the label 255, which is no class; 0: none.
  int unlabeled_every = 0;
  double noise = 0.5;
  // Samples lie in a ring of so many, and what it hands out ends where the ring
  // does; 0: it is endless.
  int64_t ring = 0;
  // Whether Peek shows the next samples.
  bool peeks = true;
  // Whose share of the samples it is.
  Rank rank;
};

class MadeUpSource : public BatchSource {
 public:
  MadeUpSource(const MadeUpOptions& options, Phase phase)
      : options_(options), phase_(phase) {
    if (options.unlabeled_every > 0) {
      outside_labels_.push_back({255, "made-up data: sample 0"});
    }
  }

  const Shape& sample_shape() const override { return options_.sample_shape; }
  int64_t num_samples() const override {
    return phase_ == TRAIN ? options_.num_train : options_.num_test;
  }
  int num_classes() const override { return options_.num_classes; }
  const std::vector<std::string>& class_names() const override {
    return class_names_;
  }
  absl::Span<const OutsideLabel> outside_labels() const override {
    return outside_labels_;
  }
  int64_t position() const override { return position_; }
  void Seek(int64_t position) override { position_ = position; }
  absl::Status status() const override { return status_; }

  Samples Next(int64_t max_count) override {
    const Samples samples = MakeSamples(max_count);
    for (int64_t i = 0; i < samples.count; ++i) {
      if (PositionOf(i) == broken_position_) status_ = broken_;
      ++visits_[PositionOf(i)];
    }
    return samples;
  }
  Samples Peek(int64_t max_count) override {
    if (!options_.peeks) return {};
    ++num_peeks_;
    return MakeSamples(max_count);
  }
  void Release() override {
    position_ += static_cast<int64_t>(labels_.size()) * options_.rank.count;
  }

  // How often Peek has shown samples.
  int num_peeks() const { return num_peeks_; }
  // How often each position was drawn.
  const std::map<int64_t, int>& visits() const { return visits_; }
  void ForgetVisits() { visits_.clear(); }
  // Makes every later status an error.
  void Break(absl::Status status) { status_ = std::move(status); }
  // The sample at a position cannot be read: it is zeros, and the status is an
  // error from then on.
  void BreakAt(int64_t position, absl::Status status) {
    broken_position_ = position;
    broken_ = std::move(status);
  }
  // The sample at a position holds a number that is not finite.
  void PoisonAt(int64_t position) { poisoned_position_ = position; }

 private:
  // Of sample i of those that are handed out.
  int64_t PositionOf(int64_t i) const {
    return position_ + options_.rank.index + i * options_.rank.count;
  }

  Samples MakeSamples(int64_t max_count) {
    const int64_t num_taken = position_ / options_.rank.count;
    const int64_t count =
        options_.ring == 0
            ? max_count
            : std::min(max_count, options_.ring - num_taken % options_.ring);
    const int64_t size = options_.sample_shape.num_elements();
    data_.resize(count * size);
    labels_.resize(count);
    for (int64_t i = 0; i < count; ++i) {
      float* const data = &data_[i * size];
      labels_[i] = MakeSample(PositionOf(i), data);
      if (PositionOf(i) == poisoned_position_) data[0] = INFINITY;
      if (PositionOf(i) != broken_position_) continue;
      std::fill_n(data, size, 0.0f);
      labels_[i] = 0;
    }
    return {count, data_.data(), labels_.data()};
  }

  float MakeSample(int64_t position, float* data) const {
    const int64_t epoch = phase_ == TRAIN ? position / num_samples() : 0;
    // A walk over all samples, with another start in every epoch.
    const int64_t sample = (position + 7 * epoch) % num_samples();
    const int label = static_cast<int>(sample % options_.num_classes);
    RandomStream pattern(DeriveKey(1, "pattern"), label);
    RandomStream noise(DeriveKey(phase_ + 2, "noise"),
                       epoch * num_samples() + sample);
    for (int64_t i = 0; i < options_.sample_shape.num_elements(); ++i) {
      data[i] = static_cast<float>(pattern.Normal() +
                                   options_.noise * noise.Normal());
    }
    const int every = options_.unlabeled_every;
    return every > 0 && sample % every == 0 ? 255 : static_cast<float>(label);
  }

  const MadeUpOptions options_;
  const Phase phase_;
  const std::vector<std::string> class_names_;
  std::vector<OutsideLabel> outside_labels_;
  int64_t position_ = 0;
  std::vector<float> data_, labels_;  // handed out, or shown
  int num_peeks_ = 0;
  std::map<int64_t, int> visits_;
  absl::Status status_, broken_;
  int64_t broken_position_ = -1, poisoned_position_ = -1;
};

class MadeUpBatches : public BatchSourceProvider {
 public:
  explicit MadeUpBatches(const MadeUpOptions& options = {})
      : train_(options, TRAIN), test_(options, TEST) {}

  absl::StatusOr<BatchSource*> Open(const LayerParameter& /*parameter*/,
                                    Phase phase) override {
    return &source(phase);
  }

  MadeUpSource& source(Phase phase) { return phase == TRAIN ? train_ : test_; }

 private:
  MadeUpSource train_;
  MadeUpSource test_;
};

}  // namespace tamp

#endif  // TAMP_TESTS_UTIL_MADE_UP_BATCHES_H_
