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
  *sample->label = static_cast<float>(dataset_->label(index));
  ASSIGN_OR_RETURN(const ImageView image,
                   dataset_->Get(index, &scratch->decoded));
  uint8_t* const pixels = scratch->pixels.data();
  const SampleOrigin origin =
      transform_.Apply(image, random, &scratch->resizer, pixels);
  const Shape& shape = sample_shape();
  normalizer_.Apply(pixels, {shape.dim(1), shape.dim(2)}, origin, sample->data);
  return absl::OkStatus();
}

void SampleLoader::Load(int64_t epoch, int64_t index, LoaderScratch* scratch,
                        LoadedSample* sample) const {
  sample->index = index;
  // A stream for every pair of epoch and index.
  MakeOrReplace(epoch * dataset_->size() + index, scratch, sample);
  if (sample->status.ok()) return;
  std::fill_n(sample->data, sample_shape().num_elements(), 0.0f);
}

void SampleLoader::MakeOrReplace(int64_t stream, LoaderScratch* scratch,
                                 LoadedSample* sample) const {
  RandomStream random(augment_key_, stream);
  sample->status = Make(sample->index, &random, scratch, sample);
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

}  // namespace tamp
