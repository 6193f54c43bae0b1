#include "solvers/evaluation/class_accuracy.h"

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"

namespace tamp {
namespace {

bool IsTaken(const NetParameter& net, const std::string& top) {
  return absl::c_any_of(net.layer(), [&](const LayerParameter& layer) {
    return absl::c_linear_search(layer.bottom(), top);
  });
}

}  // namespace

std::string AddClassAccuracy(NetParameter* flat) {
  for (LayerParameter& layer : *flat->mutable_layer()) {
    if (layer.type() != "Accuracy" || layer.top_size() == 0 ||
        IsTaken(*flat, layer.top(0))) {
      continue;
    }
    if (layer.top_size() == 1) {
      layer.add_top(absl::StrCat(layer.top(0), "/classes"));
    }
    return layer.top(1);
  }
  return "";
}

}  // namespace tamp
