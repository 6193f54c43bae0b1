#include "data/dataset_provider.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/files/named_path.h"
#include "core/logging.h"
#include "core/status_macros.h"
#include "data/data_options.h"
#include "data/datasets/cifar.h"
#include "data/datasets/dataset.h"
#include "data/datasets/idx.h"
#include "data/datasets/image_folder.h"
#include "data/samples/color_warning.h"
#include "data/samples/normalizer.h"
#include "data/samples/prefetcher.h"
#include "data/samples/sample_loader.h"
#include "data/samples/sampler.h"
#include "data/samples/transform.h"
#include "data/samples/transform_options.h"

namespace tamp {
namespace {

constexpr int64_t kMaxRingBytes = int64_t{4} << 30;
// Where nobody asks for more, batches beyond the second must fit in.
constexpr int64_t kUsualRingBytes = int64_t{32} << 20;

std::string ResolveSource(const LayerParameter& parameter) {
  return ResolveNamedPath(parameter.data_param().source(),
                          FileOfLocation(parameter.location()));
}

bool IsRelative(const std::string& path) {
  return !path.empty() && !std::filesystem::path(path).is_absolute();
}

// Asking again with the same key gives the same source: the batch size is not
// part of it. Where relative paths lead (source, mean_file) depends on the file
// that they stand in, but may change while data are fetched.
std::string KeyOf(const LayerParameter& parameter, Phase phase) {
  LayerParameter key;
  key.set_name(parameter.name());
  key.set_phase(phase);
  *key.mutable_data_param() = parameter.data_param();
  key.mutable_data_param()->clear_batch_size();
  if (IsRelative(parameter.data_param().source()) ||
      IsRelative(parameter.data_param().mean_file()) ||
      IsRelative(parameter.transform_param().mean_file())) {
    key.set_location(FileOfLocation(parameter.location()));
  }
  *key.mutable_transform_param() = parameter.transform_param();
  return key.SerializeAsString();
}

// None: what a training tests itself on.
std::optional<DataParameter::Split> SplitOf(
    const DataParameter& data, Phase phase,
    const DatasetProviderOptions& options) {
  if (options.split) return options.split;
  if (data.has_split()) return data.split();
  if (phase == TRAIN) return DataParameter::TRAIN;
  return std::nullopt;
}

// The folder to read, which exists. `prepare` may have put it there.
absl::StatusOr<std::string> FindFolder(const LayerParameter& parameter,
                                       const DatasetProviderOptions& options) {
  const DataParameter& data = parameter.data_param();
  std::string folder = ResolveSource(parameter);
  std::error_code error;  // the form that does not throw
  if (!options.data_dir.empty()) {
    folder = options.data_dir;
  } else if (folder.empty()) {
    return absl::InvalidArgumentError(
        "data_param.source does not say where the data set is");
  } else if (folder[0] != '/' && !options.base_dir.empty() &&
             !std::filesystem::is_directory(folder, error)) {
    folder = absl::StrCat(options.base_dir, "/", folder);
  }
  if (options.prepare) RETURN_IF_ERROR(options.prepare(data, folder));
  if (std::filesystem::is_directory(folder, error)) return folder;
  return absl::NotFoundError(absl::StrCat(
      "no folder ", folder, " with the data set",
      options.data_dir.empty()
          ? DescribeNamedPathSearch(data.source(),
                                    FileOfLocation(parameter.location()))
          : "",
      "; say where it is with data_param.source or --data_dir"));
}

// The options with the place of the mean image, if there is one.
absl::StatusOr<TransformOptions> FindMeanFile(const LayerParameter& parameter) {
  ASSIGN_OR_RETURN(TransformOptions options, ParseTransformOptions(parameter));
  const std::string naming_file = FileOfLocation(parameter.location());
  const std::string path = ResolveNamedPath(options.mean_file, naming_file);
  std::error_code error;  // the form that does not throw
  if (path.empty() || std::filesystem::exists(path, error)) {
    options.mean_file = path;
    return options;
  }
  return absl::NotFoundError(
      absl::StrCat("no mean_file ", path,
                   DescribeNamedPathSearch(options.mean_file, naming_file)));
}

ImageFolderOptions FolderOptions(const DataParameter& data,
                                 const TransformOptions& transform,
                                 int num_threads) {
  ImageFolderOptions options;
  options.channels = transform.force_gray ? 1 : 3;
  options.num_threads = std::max(1, num_threads);
  options.memory_budget_bytes = data.memory_budget_mib() << 20;
  options.exif_orientation = data.exif_orientation();
  options.on_unreadable = data.on_unreadable();
  return options;
}

absl::StatusOr<std::unique_ptr<Dataset>> OpenDataset(
    const DataParameter& data, const std::string& folder,
    std::optional<DataParameter::Split> split,
    const TransformOptions& transform, int num_threads) {
  switch (data.backend()) {
    case DataParameter::CIFAR10:
      return OpenCifar10(folder, split);
    case DataParameter::CIFAR100:
      return OpenCifar100(folder, split, data.cifar100_labels());
    case DataParameter::IDX:
      return OpenIdx(folder, split, data.num_classes());
    case DataParameter::IMAGE_FOLDER:
      return OpenImageFolder(folder, split,
                             FolderOptions(data, transform, num_threads));
    default:
      return BackendError(data);
  }
}

// What data_param and transform_param claim of the data set.
absl::Status CheckClaims(const DataParameter& data,
                         const TransformOptions& transform,
                         const Dataset& dataset) {
  const int num_classes = data.num_classes();
  if (data.has_num_classes() && num_classes != dataset.num_classes()) {
    return absl::InvalidArgumentError(
        absl::StrCat("data_param.num_classes is ", num_classes,
                     ", the data set has ", dataset.num_classes()));
  }
  const int64_t channels = dataset.channels();
  if ((transform.force_color && channels != 3) ||
      (transform.force_gray && channels != 1)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the images have ", channels, " channel", channels == 1 ? "" : "s",
        "; only IMAGE_FOLDER can be told otherwise, by ",
        "transform_param.force_gray"));
  }
  return absl::OkStatus();
}

// Means of a Caffe net, blue first, are silently wrong for red, green, blue.
void WarnOfColors(const LayerParameter& parameter,
                  const TransformOptions& options,
                  const Normalizer& normalizer) {
  if (options.has_color_order) return;
  const std::string warning = ColorWarning(normalizer.ChannelMeans());
  if (warning.empty()) return;
  const std::string& place = parameter.location();
  LOG(WARNING) << place << (place.empty() ? "" : ": ") << "layer \""
               << parameter.name() << "\": " << warning;
}

// The size of the ring, in samples: `prefetch` batches. Two are enough to hide
// decoding behind the steps of training; more of them even out hiccups.
int64_t RingCapacity(const DataParameter& data, const Shape& sample_shape) {
  const int64_t sample_bytes =
      sample_shape.num_elements() * int64_t{sizeof(float)};
  const int64_t batch = std::max<int64_t>(1, data.batch_size());
  int64_t batches = data.prefetch();
  if (!data.has_prefetch()) {
    const int64_t usual = kUsualRingBytes / sample_bytes / batch;
    batches = std::min(batches, std::max<int64_t>(2, usual));
  }
  const int64_t affordable = kMaxRingBytes / sample_bytes;
  return std::max<int64_t>(1, std::min(batches * batch, affordable));
}

}  // namespace

DatasetProvider::DatasetProvider(DatasetProviderOptions options)
    : options_(std::move(options)) {}

DatasetProvider::~DatasetProvider() = default;

absl::StatusOr<BatchSource*> DatasetProvider::Open(
    const LayerParameter& parameter, Phase phase) {
  const std::string key = KeyOf(parameter, phase);
  for (const Opened& opened : sources_) {
    if (opened.key == key) return opened.source.get();
  }
  ASSIGN_OR_RETURN(std::unique_ptr<BatchSource> source,
                   MakeSource(parameter, phase));
  sources_.push_back({parameter.name(), phase, key, std::move(source)});
  return sources_.back().source.get();
}

absl::StatusOr<std::unique_ptr<BatchSource>> DatasetProvider::MakeSource(
    const LayerParameter& parameter, Phase phase) const {
  const DataParameter& data = parameter.data_param();
  RETURN_IF_ERROR(CheckDataOptions(parameter));
  ASSIGN_OR_RETURN(const TransformOptions transform_options,
                   FindMeanFile(parameter));
  ASSIGN_OR_RETURN(const std::string folder, FindFolder(parameter, options_));
  ASSIGN_OR_RETURN(std::unique_ptr<Dataset> dataset,
                   OpenDataset(data, folder, SplitOf(data, phase, options_),
                               transform_options, options_.num_workers));
  RETURN_IF_ERROR(CheckClaims(data, transform_options, *dataset));
  ASSIGN_OR_RETURN(Transform transform,
                   Transform::Create(transform_options, *dataset, phase));
  ASSIGN_OR_RETURN(Normalizer normalizer,
                   Normalizer::Create(transform_options, dataset->channels(),
                                      transform.canvas_size()));
  const bool is_first = absl::c_none_of(sources_, [&](const Opened& opened) {
    return opened.layer_name == parameter.name();
  });
  if (is_first) WarnOfColors(parameter, transform_options, normalizer);
  PrefetchOptions prefetch;
  prefetch.num_workers = options_.num_workers;
  prefetch.capacity = RingCapacity(data, transform.sample_shape());
  const bool skips = data.on_unreadable() == DataParameter::SKIP;
  prefetch.leaves_out_unreadable = skips && phase == TEST;
  Sampler sampler(dataset->size(), /*shuffle=*/phase == TRAIN, options_.seed,
                  options_.rank);
  LoaderOptions loader_options;
  loader_options.seed = options_.seed;
  loader_options.replaces_unreadable = skips && phase == TRAIN;
  auto loader =
      std::make_unique<SampleLoader>(std::move(dataset), std::move(transform),
                                     std::move(normalizer), loader_options);
  return std::make_unique<Prefetcher>(std::move(loader), std::move(sampler),
                                      prefetch);
}

}  // namespace tamp
