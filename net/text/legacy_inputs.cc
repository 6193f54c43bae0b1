#include "net/text/legacy_inputs.h"

#include "absl/strings/str_cat.h"
#include "net/text/layer_error.h"

namespace tamp {

absl::StatusOr<NetParameter> ConvertLegacyInputs(const NetParameter& net) {
  const int count = net.input_size();
  if (count == 0) return net;
  const bool has_shapes = net.input_shape_size() == count;
  if (!has_shapes && net.input_dim_size() != 4 * count) {
    return NetError(
        net, absl::StrCat(
                 count, count == 1 ? " input needs" : " inputs need",
                 " one input_shape each, or four input_dim each; there are ",
                 net.input_shape_size(), " input_shape and ",
                 net.input_dim_size(), " input_dim"));
  }
  NetParameter converted = net;
  converted.clear_input();
  converted.clear_input_shape();
  converted.clear_input_dim();
  converted.clear_layer();
  for (int i = 0; i < count; ++i) {
    LayerParameter* const layer = converted.add_layer();
    layer->set_name(net.input(i));
    layer->set_location(FileOf(net));
    layer->set_type("Input");
    layer->add_top(net.input(i));
    BlobShape* const shape = layer->mutable_input_param()->add_shape();
    if (has_shapes) {
      *shape = net.input_shape(i);
    } else {
      for (int d = 0; d < 4; ++d) shape->add_dim(net.input_dim(4 * i + d));
    }
  }
  converted.mutable_layer()->MergeFrom(net.layer());
  return converted;
}

}  // namespace tamp
