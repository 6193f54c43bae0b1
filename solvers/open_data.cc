#include "solvers/open_data.h"

#include "net/text/layer_error.h"

namespace tamp {

absl::StatusOr<BatchSource*> OpenData(const LayerParameter& data_layer,
                                      const NetOptions& options,
                                      BatchSourceProvider* provider) {
  if (data_layer.data_param().batch_size() == 0 && options.batch_size == 0) {
    return LayerError(
        data_layer,
        "data_param.batch_size is missing or 0, it must be at least 1");
  }
  absl::StatusOr<BatchSource*> source =
      provider->Open(data_layer, options.phase);
  if (source.ok()) return source;
  return LayerError(data_layer, source.status().message());
}

}  // namespace tamp
