// SampleLoader: makes one sample, the floats that a net sees, from the image of
// a data set. What it makes depends on (seed, epoch, index) alone, and on which
// images can be read, so that any number of threads may share the work.

#ifndef TAMP_DATA_SAMPLES_SAMPLE_LOADER_H_
#define TAMP_DATA_SAMPLES_SAMPLE_LOADER_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "core/rng.h"
#include "data/datasets/dataset.h"
#include "data/images/image.h"
#include "data/images/resize.h"
#include "data/samples/normalizer.h"
#include "data/samples/transform.h"

namespace tamp {

// Memory of one thread, kept from sample to sample.
struct LoaderScratch {
  Image decoded;
  Resizer resizer;
  std::vector<uint8_t> pixels;  // of a sample, before normalization
};

// A sample, with memory for its numbers.
struct LoadedSample {
  float* data = nullptr;  // of the sample shape, dense
  float* label = nullptr;
  int64_t index = 0;    // of the image that was asked for
  absl::Status status;  // not OK: the image was unreadable, data is zeros
  // What is wrong with that image, where another took its place.
  absl::Status replaced;
};

struct LoaderOptions {
  uint64_t seed = 1;
  // Another image, drawn from (seed, epoch, index), takes the place of one that
  // cannot be read, with its own label.
  bool replaces_unreadable = false;
};

class SampleLoader {
 public:
  SampleLoader(std::unique_ptr<Dataset> dataset, Transform transform,
               Normalizer normalizer, const LoaderOptions& options);

  const Dataset& dataset() const { return *dataset_; }
  const Shape& sample_shape() const { return transform_.sample_shape(); }

  // Makes the room that Load needs beside what decoders take.
  void Reserve(LoaderScratch* scratch) const {
    transform_.Reserve(&scratch->resizer);
    scratch->pixels.resize(sample_shape().num_elements());
  }

  // Thread-safe, with scratch and sample of one's own. REQUIRES: Reserve.
  void Load(int64_t epoch, int64_t index, LoaderScratch* scratch,
            LoadedSample* sample) const;

 private:
  // Makes the sample of one image.
  absl::Status Make(int64_t index, RandomStream* random, LoaderScratch* scratch,
                    LoadedSample* sample) const;
  // The same with another in the place of one that cannot be read.
  void MakeOrReplace(int64_t stream, LoaderScratch* scratch,
                     LoadedSample* sample) const;

  const std::unique_ptr<const Dataset> dataset_;
  const Transform transform_;
  const Normalizer normalizer_;
  const LoaderOptions options_;
  const uint64_t augment_key_, replace_key_;
};

}  // namespace tamp

#endif  // TAMP_DATA_SAMPLES_SAMPLE_LOADER_H_
