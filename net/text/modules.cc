#include "net/text/modules.h"

#include <cstdint>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/nearest_name.h"
#include "core/status_macros.h"
#include "net/text/layer_error.h"
#include "net/text/module_arguments.h"
#include "proto/text_format.h"

namespace tamp {
namespace {

constexpr char kModuleType[] = "Module";
constexpr char kIn[] = "in";
constexpr char kOut[] = "out";

// Bounds for hostile files, as the time of planning grows with the square of
// the layers; DenseNet-264 has about 1,200 layers of 200 bytes.
constexpr int kMaxLayers = 20000;
constexpr int64_t kMaxBytes = int64_t{64} << 20;
constexpr int kMaxDepth = 16;

absl::Status ModuleError(const ModuleDefinition& definition,
                         absl::string_view message) {
  const std::string& location = definition.location();
  return absl::InvalidArgumentError(
      absl::StrCat(location, location.empty() ? "" : ": ", "module \"",
                   definition.name(), "\": ", message));
}

// Checks the connections inside a module: every bottom is "in" or made above.
absl::Status CheckDefinition(const ModuleDefinition& definition) {
  absl::flat_hash_set<std::string> known = {kIn};
  bool in_is_used = false;
  for (const LayerParameter& layer : definition.layer()) {
    if (layer.name().empty()) {
      return LayerError(layer, "a layer of a module needs one");
    }
    for (const std::string& bottom : layer.bottom()) {
      in_is_used |= bottom == kIn;
      if (known.contains(bottom)) continue;
      std::vector<std::string> names(known.begin(), known.end());
      absl::c_sort(names);
      return LayerError(
          layer,
          absl::StrCat("bottom \"", bottom, "\" is not made above it in ",
                       "module \"", definition.name(),
                       "\", which sees nothing but its own blobs and ",
                       "\"in\"", DidYouMean(bottom, names)));
    }
    known.insert(layer.top().begin(), layer.top().end());
  }
  if (!in_is_used) return ModuleError(definition, "never uses \"in\"");
  if (!known.contains(kOut)) {
    return ModuleError(definition, "never makes \"out\"");
  }
  return absl::OkStatus();
}

// Checks what a Module layer says of itself.
absl::Status CheckModuleLayer(const LayerParameter& layer) {
  if (!layer.has_module_param()) {
    return LayerError(layer, "a Module layer needs module_param");
  }
  if (layer.bottom_size() != 1 || layer.top_size() != 1) {
    return LayerError(
        layer, absl::StrCat("a Module layer has one bottom and one top, not ",
                            layer.bottom_size(), " and ", layer.top_size()));
  }
  if (layer.bottom(0) == layer.top(0)) {
    return LayerError(layer,
                      "a Module layer cannot work in place: give its "
                      "top another name");
  }
  if (layer.module_param().repeat() < 1) {
    return LayerError(layer,
                      absl::StrCat("repeat is ", layer.module_param().repeat(),
                                   ", it must be at least 1"));
  }
  // Whatever else is set belongs to the layers of the module.
  LayerParameter rest = layer;
  for (const char* field : {"name", "type", "bottom", "top", "include",
                            "exclude", "location", "module_param"}) {
    rest.GetReflection()->ClearField(
        &rest, rest.GetDescriptor()->FindFieldByName(field));
  }
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  rest.GetReflection()->ListFields(rest, &fields);
  if (fields.empty()) return absl::OkStatus();
  return LayerError(layer,
                    absl::StrCat("a Module layer has no \"", fields[0]->name(),
                                 "\": set it in the layers of the module"));
}

// The ends of one copy of a module, and its name.
struct Copy {
  std::string prefix;  // "block1/3/"
  std::string in;
  std::string out;

  std::string Blob(const std::string& name) const {
    if (name == kIn) return in;
    if (name == kOut) return out;
    return absl::StrCat(prefix, name);
  }
};

LayerParameter Renamed(const LayerParameter& layer, const Copy& copy) {
  LayerParameter renamed = layer;
  renamed.set_name(absl::StrCat(copy.prefix, layer.name()));
  for (std::string& name : *renamed.mutable_bottom()) name = copy.Blob(name);
  for (std::string& name : *renamed.mutable_top()) name = copy.Blob(name);
  for (ParamSpec& param : *renamed.mutable_param()) {
    if (param.has_name()) {
      param.set_name(absl::StrCat(copy.prefix, param.name()));
    }
  }
  return renamed;
}

class Expander {
 public:
  explicit Expander(const NetParameter& net) : net_(net) {}

  absl::StatusOr<NetParameter> Expand() {
    for (const ModuleDefinition& definition : net_.module()) {
      RETURN_IF_ERROR(AddDefinition(definition));
    }
    flat_ = net_;
    flat_.clear_layer();
    flat_.clear_module();
    for (const LayerParameter& layer : net_.layer()) {
      RETURN_IF_ERROR(AddLayer(layer));
    }
    return std::move(flat_);
  }

 private:
  absl::Status AddDefinition(const ModuleDefinition& definition) {
    if (definition.name().empty()) {
      return ModuleError(definition, "a module needs a name");
    }
    const auto [it, is_new] =
        definitions_.emplace(definition.name(), &definition);
    if (!is_new) {
      return ModuleError(definition,
                         absl::StrCat("another module has the same name, at ",
                                      it->second->location()));
    }
    return CheckDefinition(definition);
  }

  absl::Status AddLayer(const LayerParameter& layer) {
    if (layer.type() == kModuleType) return AddModule(layer);
    if (layer.has_module_param()) {
      return LayerError(layer,
                        absl::StrCat("module_param needs type \"", kModuleType,
                                     "\", not \"", layer.type(), "\""));
    }
    if (flat_.layer_size() == kMaxLayers) {
      return LayerError(layer, absl::StrCat("the expanded net has more than ",
                                            kMaxLayers, " layers"));
    }
    *flat_.add_layer() = layer;
    return absl::OkStatus();
  }

  absl::Status AddModule(const LayerParameter& module_layer) {
    RETURN_IF_ERROR(CheckModuleLayer(module_layer));
    ASSIGN_OR_RETURN(const ModuleDefinition* definition, Find(module_layer));
    RETURN_IF_ERROR(Enter(*definition, module_layer));
    ASSIGN_OR_RETURN(const ModuleDefinition bound,
                     BindArguments(*definition, module_layer));
    const std::string& name = module_layer.name();
    const int64_t repeat = module_layer.module_param().repeat();
    // A module has layers: CheckDefinition has seen one that makes "out".
    if (repeat > kMaxLayers / bound.layer_size()) {
      return LayerError(
          module_layer,
          absl::StrCat("repeat ", repeat, " of module \"", definition->name(),
                       "\" makes more than ", kMaxLayers, " layers"));
    }
    Copy copy;
    copy.out = module_layer.bottom(0);
    for (int64_t n = 1; n <= repeat; ++n) {
      copy.prefix = absl::StrCat(name, "/", n, "/");
      copy.in = copy.out;
      copy.out = n == repeat ? module_layer.top(0) : absl::StrCat(name, "/", n);
      RETURN_IF_ERROR(AddCopy(bound, copy, module_layer));
    }
    inside_.pop_back();
    return absl::OkStatus();
  }

  absl::StatusOr<const ModuleDefinition*> Find(
      const LayerParameter& module_layer) const {
    const std::string& name = module_layer.module_param().name();
    if (name.empty()) {
      return LayerError(module_layer, "module_param needs a module's name");
    }
    const auto it = definitions_.find(name);
    if (it != definitions_.end()) return it->second;
    std::vector<std::string> names;
    for (const ModuleDefinition& known : net_.module()) {
      names.push_back(known.name());
    }
    return LayerError(
        module_layer,
        absl::StrCat("unknown module \"", name, "\"", DidYouMean(name, names)));
  }

  // Refuses to go round in circles, or deeper than any net needs.
  absl::Status Enter(const ModuleDefinition& definition,
                     const LayerParameter& module_layer) {
    const bool is_inside = absl::c_linear_search(inside_, definition.name());
    inside_.push_back(definition.name());
    if (is_inside) {
      return LayerError(
          module_layer,
          absl::StrCat("module \"", definition.name(),
                       "\" contains itself: ", absl::StrJoin(inside_, " > ")));
    }
    if (inside_.size() > kMaxDepth) {
      return LayerError(module_layer,
                        absl::StrCat("modules are nested more ", "than ",
                                     kMaxDepth, " deep"));
    }
    return absl::OkStatus();
  }

  absl::Status AddCopy(const ModuleDefinition& bound, const Copy& copy,
                       const LayerParameter& module_layer) {
    for (const LayerParameter& layer : bound.layer()) {
      LayerParameter renamed = Renamed(layer, copy);
      RETURN_IF_ERROR(AddRules(module_layer, &renamed));
      num_bytes_ += renamed.ByteSizeLong();
      if (num_bytes_ > kMaxBytes) {
        return LayerError(module_layer,
                          absl::StrCat("the layers of the expanded net take "
                                       "more than ",
                                       kMaxBytes >> 20, " MiB"));
      }
      RETURN_IF_ERROR(AddLayer(renamed));
    }
    return absl::OkStatus();
  }

  // The rules of the Module layer hold for each of its layers.
  static absl::Status AddRules(const LayerParameter& module_layer,
                               LayerParameter* layer) {
    if (module_layer.include_size() + module_layer.exclude_size() == 0) {
      return absl::OkStatus();
    }
    if (layer->include_size() + layer->exclude_size() > 0) {
      return LayerError(
          *layer,
          absl::StrCat("has include or exclude rules, and so has "
                       "the Module layer \"",
                       module_layer.name(), "\"; only one of the two may"));
    }
    *layer->mutable_include() = module_layer.include();
    *layer->mutable_exclude() = module_layer.exclude();
    return absl::OkStatus();
  }

  const NetParameter& net_;
  absl::flat_hash_map<std::string, const ModuleDefinition*> definitions_;
  NetParameter flat_;
  std::vector<std::string> inside_;  // the modules being expanded, outer first
  int64_t num_bytes_ = 0;            // of the layers that modules made
};

}  // namespace

absl::StatusOr<NetParameter> ExpandModules(const NetParameter& net) {
  return Expander(net).Expand();
}

std::string PrintFlatNet(const NetParameter& expanded) {
  NetParameter printed = expanded;
  for (LayerParameter& layer : *printed.mutable_layer()) {
    layer.clear_location();
  }
  return PrintText(printed);
}

}  // namespace tamp
