// DatasetProvider: opens data sets for Data layers.
//
//   DatasetProviderOptions options;
//   options.data_dir = "data/cifar10";
//   DatasetProvider provider(options);
//   ASSIGN_OR_RETURN(net_options.batch_source, provider.Open(layer, TRAIN));
//   for (const auto& opened : provider.sources()) opened.source->Seek(0);

#ifndef TAMP_DATA_DATASET_PROVIDER_H_
#define TAMP_DATA_DATASET_PROVIDER_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/rank.h"
#include "data/batch_source.h"
#include "proto/layer.pb.h"

namespace tamp {

struct DatasetProviderOptions {
  // Replaces the source of every layer when not empty.
  std::string data_dir;
  // Where relative sources start that are not found from the file that names
  // them (core/files/named_path.h), and where they are made; empty: the working
  // folder.
  std::string base_dir;
  // Replaces the split of every layer when given.
  std::optional<DataParameter::Split> split;
  uint64_t seed = 1;
  // Which samples of each batch of all ranks the sources give.
  Rank rank;
  // Threads of each source; 0: samples are made when they are asked for.
  int num_workers = 2;
  // Called with the folder of a data set before it is opened; may fetch what is
  // missing (data/fetch/fetch_cifar10.h).
  std::function<absl::Status(const DataParameter& parameter,
                             const std::string& folder)>
      prepare;
};

class DatasetProvider : public BatchSourceProvider {
 public:
  explicit DatasetProvider(DatasetProviderOptions options);
  ~DatasetProvider() override;

  // Messages need the layer's name and place before them.
  absl::StatusOr<BatchSource*> Open(const LayerParameter& parameter,
                                    Phase phase) override;

  struct Opened {
    std::string layer_name;
    Phase phase;
    std::string key;  // the options that count
    std::unique_ptr<BatchSource> source;
  };
  // In the order of opening.
  absl::Span<const Opened> sources() const { return sources_; }

 private:
  absl::StatusOr<std::unique_ptr<BatchSource>> MakeSource(
      const LayerParameter& parameter, Phase phase) const;

  const DatasetProviderOptions options_;
  std::vector<Opened> sources_;
};

}  // namespace tamp

#endif  // TAMP_DATA_DATASET_PROVIDER_H_
