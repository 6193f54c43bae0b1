#include "data/sample_loader.h"

#include <algorithm>
#include <utility>

#include "absl/status/statusor.h"
#include "core/rng.h"

namespace tamp {

SampleLoader::SampleLoader(std::unique_ptr<Dataset> dataset,
                           Transform transform, Normalizer normalizer,
                           uint64_t seed)
    : dataset_(std::move(dataset)),
      transform_(std::move(transform)),
      normalizer_(std::move(normalizer)),
      key_(DeriveKey(seed, "augment")) {}

void SampleLoader::Load(int64_t epoch, int64_t index, LoaderScratch* scratch,
                        LoadedSample* sample) const {
  sample->label = dataset_->label(index);
  const absl::StatusOr<ImageView> image =
      dataset_->Get(index, &scratch->decoded);
  sample->status = image.status();
  if (!image.ok()) return;
  // A stream for every pair of epoch and index.
  RandomStream random(key_, epoch * dataset_->size() + index);
  sample->origin =
      transform_.Apply(*image, &random, &scratch->resizer, sample->pixels);
}

void SampleLoader::Normalize(const LoadedSample& sample, float* out) const {
  const Shape& shape = sample_shape();
  if (!sample.status.ok()) {
    std::fill_n(out, shape.num_elements(), 0.0f);
    return;
  }
  normalizer_.Apply(sample.pixels, {shape.dim(1), shape.dim(2)}, sample.origin,
                    out);
}

}  // namespace tamp
