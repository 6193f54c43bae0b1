#include "net/graph/graph_builder.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "core/nearest_name.h"
#include "core/status_macros.h"
#include "net/text/filter.h"
#include "net/text/layer_error.h"
#include "net/text/legacy_inputs.h"

namespace tamp {
namespace {

// Bounds for hostile files; modules.h bounds the layers.
constexpr size_t kMaxTops = 50000;
constexpr size_t kMaxBottoms = 200000;

bool WritesInPlace(const LayerParameter& layer, const std::string& top) {
  return absl::c_linear_search(layer.bottom(), top);
}

// The layer of the net that makes the top, wherever it stands; null if none
// does.
const LayerParameter* FindProducer(const NetParameter& net,
                                   const std::string& top) {
  for (const LayerParameter& layer : net.layer()) {
    if (absl::c_linear_search(layer.top(), top) && !WritesInPlace(layer, top)) {
      return &layer;
    }
  }
  return nullptr;
}

std::string AtLocation(const LayerParameter& layer) {
  const std::string& location = layer.location();
  return location.empty() ? "" : absl::StrCat(" at ", location);
}

// Wires one layer after the other; knows which value carries a name now.
class GraphBuilder {
 public:
  GraphBuilder(const NetParameter& net, const NetParameter& unfiltered)
      : net_(net), unfiltered_(unfiltered) {}

  absl::StatusOr<Graph> Build() {
    RETURN_IF_ERROR(CheckHasLayers(net_, unfiltered_));
    RETURN_IF_ERROR(CheckNames());
    graph_.force_backward = net_.force_backward();
    for (const LayerParameter& layer : net_.layer()) {
      RETURN_IF_ERROR(AddLayer(layer));
    }
    return std::move(graph_);
  }

 private:
  absl::Status CheckNames();
  absl::Status AddLayer(const LayerParameter& layer);
  absl::Status ConnectBottoms(const LayerParameter& layer, Node* node);
  absl::Status MakeTops(const LayerParameter& layer, Node* node);
  absl::Status CheckInPlace(const LayerParameter& layer,
                            const std::string& top) const;
  absl::Status UnknownBottom(const LayerParameter& layer,
                             const std::string& bottom) const;
  // Whether the value is one of the layer that is being added.
  bool MakesNow(int value) const {
    return graph_.values[value].producer ==
           static_cast<int>(graph_.nodes.size());
  }
  // Whether `from` reads, directly or through others, a top of `to`.
  bool DependsOn(const LayerParameter& from, const LayerParameter& to) const;

  const NetParameter& net_;
  const NetParameter& unfiltered_;
  Graph graph_;
  size_t num_bottoms_ = 0;                          // of the layers so far
  absl::flat_hash_map<std::string, int> value_of_;  // name -> newest value
};

absl::Status GraphBuilder::CheckNames() {
  absl::flat_hash_map<std::string, const LayerParameter*> seen;
  for (const LayerParameter& layer : net_.layer()) {
    if (layer.name().empty()) return LayerError(layer, "every layer needs one");
    const auto [it, is_new] = seen.emplace(layer.name(), &layer);
    if (!is_new) {
      return LayerError(layer, absl::StrCat("another layer has the same name",
                                            AtLocation(*it->second)));
    }
  }
  return absl::OkStatus();
}

absl::Status GraphBuilder::AddLayer(const LayerParameter& layer) {
  num_bottoms_ += layer.bottom_size();
  if (num_bottoms_ > kMaxBottoms ||
      graph_.values.size() + layer.top_size() > kMaxTops) {
    return LayerError(
        layer, absl::StrCat("with it the net has more than ", kMaxBottoms,
                            " bottoms or ", kMaxTops, " tops"));
  }
  Node node;
  node.parameter = layer;
  RETURN_IF_ERROR(ConnectBottoms(layer, &node));
  RETURN_IF_ERROR(MakeTops(layer, &node));
  graph_.nodes.push_back(std::move(node));
  return absl::OkStatus();
}

absl::Status GraphBuilder::ConnectBottoms(const LayerParameter& layer,
                                          Node* node) {
  for (const std::string& bottom : layer.bottom()) {
    if (bottom.empty()) return LayerError(layer, "has a bottom without a name");
    const auto it = value_of_.find(bottom);
    if (it == value_of_.end()) return UnknownBottom(layer, bottom);
    node->inputs.push_back(it->second);
  }
  return absl::OkStatus();
}

absl::Status GraphBuilder::MakeTops(const LayerParameter& layer, Node* node) {
  for (int t = 0; t < layer.top_size(); ++t) {
    const std::string& top = layer.top(t);
    if (top.empty()) return LayerError(layer, "has a top without a name");
    const auto it = value_of_.find(top);
    if (it != value_of_.end() && MakesNow(it->second)) {
      return LayerError(layer, absl::StrCat("has the top \"", top, "\" twice"));
    }
    if (it != value_of_.end()) {
      if (!WritesInPlace(layer, top)) {
        const Node& first = graph_.nodes[graph_.values[it->second].producer];
        return LayerError(
            layer, absl::StrCat("top \"", top, "\" is already made by layer \"",
                                first.parameter.name(), "\""));
      }
      RETURN_IF_ERROR(CheckInPlace(layer, top));
    }
    Value value;
    value.name = top;
    value.producer = static_cast<int>(graph_.nodes.size());
    value.output_index = t;
    value_of_[top] = static_cast<int>(graph_.values.size());
    node->outputs.push_back(value_of_[top]);
    graph_.values.push_back(std::move(value));
  }
  return absl::OkStatus();
}

absl::Status GraphBuilder::CheckInPlace(const LayerParameter& layer,
                                        const std::string& top) const {
  const std::vector<int> readers = graph_.Consumers(value_of_.at(top));
  if (readers.empty()) return absl::OkStatus();
  return LayerError(
      layer, absl::StrCat("works in place on \"", top, "\", which layer \"",
                          graph_.nodes[readers[0]].parameter.name(),
                          "\" reads too: give its top another name"));
}

bool GraphBuilder::DependsOn(const LayerParameter& from,
                             const LayerParameter& to) const {
  std::vector<const LayerParameter*> to_visit = {&from};
  absl::flat_hash_map<const LayerParameter*, bool> visited;
  while (!to_visit.empty()) {
    const LayerParameter* const layer = to_visit.back();
    to_visit.pop_back();
    if (layer == &to) return true;
    if (std::exchange(visited[layer], true)) continue;
    for (const std::string& bottom : layer->bottom()) {
      const LayerParameter* const producer = FindProducer(net_, bottom);
      if (producer != nullptr) to_visit.push_back(producer);
    }
  }
  return false;
}

absl::Status GraphBuilder::UnknownBottom(const LayerParameter& layer,
                                         const std::string& bottom) const {
  if (const LayerParameter* const below = FindProducer(net_, bottom)) {
    if (DependsOn(*below, layer)) {
      return LayerError(
          layer, absl::StrCat("bottom \"", bottom,
                              "\" closes a cycle: layer \"", below->name(),
                              "\" that makes it needs \"", layer.name(), "\""));
    }
    return LayerError(
        layer,
        absl::StrCat("bottom \"", bottom, "\" is made by layer \"",
                     below->name(), "\" further down: move that layer up"));
  }
  if (const LayerParameter* const out = FindProducer(unfiltered_, bottom)) {
    return LayerError(
        layer,
        absl::StrCat("bottom \"", bottom, "\" is made only by layer \"",
                     out->name(), "\"", AtLocation(*out),
                     ", which is left out of this phase, level and stages by "
                     "its include or exclude rules"));
  }
  std::vector<std::string> names;
  for (const Value& value : graph_.values) names.push_back(value.name);
  const bool is_own_top = absl::c_linear_search(layer.top(), bottom);
  return LayerError(
      layer, absl::StrCat("bottom \"", bottom, "\" is not the top of any ",
                          is_own_top ? "layer but this one" : "layer",
                          DidYouMean(bottom, names)));
}

}  // namespace

absl::StatusOr<Graph> BuildGraph(const NetParameter& flat) {
  return BuildGraph(flat, flat);
}

absl::StatusOr<Graph> BuildGraph(const NetParameter& flat,
                                 const NetParameter& unfiltered) {
  ASSIGN_OR_RETURN(const NetParameter net, ConvertLegacyInputs(flat));
  return GraphBuilder(net, unfiltered).Build();
}

}  // namespace tamp
