#include "net/text/batch_size.h"

#include <limits>

#include "core/check.h"

namespace tamp {
namespace {

void SetFirstExtent(int64_t extent, BlobShape* shape) {
  if (shape->dim_size() > 0) shape->set_dim(0, extent);
}

}  // namespace

void SetBatchSize(int64_t batch_size, NetParameter* net) {
  CHECK(batch_size >= 1 && batch_size <= std::numeric_limits<int32_t>::max());
  constexpr int kExtentsAnInput = 4;  // of input_dim
  for (BlobShape& shape : *net->mutable_input_shape()) {
    SetFirstExtent(batch_size, &shape);
  }
  for (int i = 0; i < net->input_dim_size(); i += kExtentsAnInput) {
    net->set_input_dim(i, static_cast<int32_t>(batch_size));
  }
  for (LayerParameter& layer : *net->mutable_layer()) {
    if (layer.has_data_param()) {
      layer.mutable_data_param()->set_batch_size(batch_size);
    }
    if (!layer.has_input_param()) continue;
    for (BlobShape& shape : *layer.mutable_input_param()->mutable_shape()) {
      SetFirstExtent(batch_size, &shape);
    }
  }
}

}  // namespace tamp
