#include "data/samples/sample_loader.h"

#include <algorithm>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "core/status_macros.h"

namespace tamp {
namespace {

// When so many in a row are unreadable, all are: a disk is gone.
constexpr int kMaxReplacements = 1000;

}  // namespace

SampleLoader::SampleLoader(std::unique_ptr<Dataset> dataset,
                           Transform transform, Normalizer normalizer,
                           const LoaderOptions& options)
    : dataset_(std::move(dataset)),
      transform_(std::move(transform)),
      normalizer_(std::move(normalizer)),
      options_(options),
      augment_key_(DeriveKey(options.seed, "augment")),
      replace_key_(DeriveKey(options.seed, "replace")) {}

absl::Status SampleLoader::Make(int64_t index, RandomStream* random,
                                LoaderScratch* scratch,
                                LoadedSample* sample) const {
  sample->label = dataset_->label(index);
  ASSIGN_OR_RETURN(const ImageView image,
                   dataset_->Get(index, &scratch->decoded));
  sample->origin =
      transform_.Apply(image, random, &scratch->resizer, sample->pixels);
  return absl::OkStatus();
}

void SampleLoader::Load(int64_t epoch, int64_t index, LoaderScratch* scratch,
                        LoadedSample* sample) const {
  sample->index = index;
  // A stream for every pair of epoch and index.
  const int64_t stream = epoch * dataset_->size() + index;
  RandomStream random(augment_key_, stream);
  sample->status = Make(index, &random, scratch, sample);
  sample->replaced = absl::OkStatus();
  if (sample->status.ok() || !options_.replaces_unreadable) return;
  const absl::Status error = sample->status;
  RandomStream others(replace_key_, stream);
  for (int i = 0; i < kMaxReplacements && !sample->status.ok(); ++i) {
    const int64_t other =
        others.UniformInt(static_cast<uint32_t>(dataset_->size()));
    sample->status = Make(other, &random, scratch, sample);
  }
  if (sample->status.ok()) {
    sample->replaced = error;
  } else {
    sample->status = absl::Status(
        error.code(),
        absl::StrCat(error.message(), "; nor can ", kMaxReplacements,
                     " others that were drawn in its place"));
  }
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
