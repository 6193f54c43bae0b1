#include "tools/runs/dump_inputs.h"

#include <cmath>
#include <limits>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/types/span.h"
#include "core/nearest_name.h"
#include "core/status_macros.h"
#include "layers/tensor_copy.h"
#include "net/text/batch_size.h"
#include "net/text/modules.h"
#include "tools/runs/data_tops.h"

namespace tamp {
namespace {

constexpr char kInitPrefix[] = "init.";

// Names of the tops that come from outside, in the net's order.
std::vector<std::string> DataTopNames(const NetParameter& flat) {
  std::vector<std::string> names(flat.input().begin(), flat.input().end());
  for (const LayerParameter& layer : flat.layer()) {
    if (layer.bottom_size() > 0) continue;
    names.insert(names.end(), layer.top().begin(), layer.top().end());
  }
  return names;
}

void SetSampleShape(absl::Span<const int64_t> batch, NetParameter* net) {
  for (LayerParameter& layer : *net->mutable_layer()) {
    if (layer.type() != "Data" || layer.data_param().has_shape()) continue;
    BlobShape* const shape = layer.mutable_data_param()->mutable_shape();
    for (const int64_t dim : batch.subspan(1)) shape->add_dim(dim);
  }
}

}  // namespace

std::string TensorName(absl::string_view name) {
  return absl::StrReplaceAll(name, {{"/", "."}});
}

absl::Status DumpInputs::Error(absl::string_view message) const {
  return absl::InvalidArgumentError(absl::StrCat(path_, ": ", message));
}

absl::StatusOr<std::vector<float>> DumpInputs::Elements(
    const Safetensors::Tensor& tensor) const {
  absl::StatusOr<std::vector<float>> elements = tensor.ToFloats();
  if (!elements.ok()) return Error(elements.status().message());
  return elements;
}

const Safetensors::Tensor* DumpInputs::FindForTop(absl::string_view top,
                                                  size_t index) const {
  const Safetensors::Tensor* const named = tensors_.Find(TensorName(top));
  if (named != nullptr) return named;
  if (index == 0) return tensors_.Find("x");
  return index == 1 ? tensors_.Find("y") : nullptr;
}

absl::StatusOr<NetParameter> DumpInputs::AdaptNet(
    const NetParameter& net) const {
  ASSIGN_OR_RETURN(NetParameter flat, ExpandModules(net));
  const std::vector<std::string> tops = DataTopNames(flat);
  const Safetensors::Tensor* const batch =
      tops.empty() ? nullptr : FindForTop(tops[0], 0);
  if (batch == nullptr) {
    return Error(tops.empty()
                     ? "the net has no data tops to fill"
                     : absl::StrCat("has neither a tensor \"",
                                    TensorName(tops[0]), "\" nor \"x\""));
  }
  if (batch->dims.empty() || batch->dims[0] < 1 ||
      batch->dims[0] > std::numeric_limits<int32_t>::max()) {
    return Error(absl::StrCat("tensor \"", batch->name, "\" of shape ",
                              batch->ShapeText(), " is no batch"));
  }
  SetBatchSize(batch->dims[0], &flat);
  SetSampleShape(batch->dims, &flat);
  return flat;
}

absl::Status DumpInputs::FillDataTops(Device* device, Net* net) const {
  const std::vector<DataTop> tops = FindDataTops(net);
  for (size_t i = 0; i < tops.size(); ++i) {
    const DataTop& top = tops[i];
    const Safetensors::Tensor* const tensor = FindForTop(top.name, i);
    if (tensor == nullptr) {
      return Error(absl::StrCat("has no tensor for the data top \"", top.name,
                                "\": name it \"", TensorName(top.name), "\""));
    }
    if (!tensor->HasShape(top.view.shape)) {
      return Error(absl::StrCat("tensor \"", tensor->name, "\" is ",
                                tensor->ShapeText(), ", data top \"", top.name,
                                "\" is ", top.view.shape.ToString()));
    }
    ASSIGN_OR_RETURN(const std::vector<float> elements, Elements(*tensor));
    for (const float element : elements) {
      const bool is_class = element >= 0 && element < top.num_classes &&
                            element == std::floor(element);
      const bool is_label =
          is_class || (top.ignored_label && element == *top.ignored_label);
      if (top.num_classes > 0 && !is_label) {
        return Error(absl::StrCat("tensor \"", tensor->name, "\" holds ",
                                  element, ", labels are 0 .. ",
                                  top.num_classes - 1));
      }
    }
    CopyFromHost(elements, device, top.view);
  }
  return absl::OkStatus();
}

absl::Status DumpInputs::CheckAllUsed(const ParameterStore& store) const {
  absl::flat_hash_set<std::string> names;
  for (const Parameter& parameter : store.parameters()) {
    names.insert(absl::StrCat(kInitPrefix, TensorName(parameter.name)));
  }
  for (const Safetensors::Tensor& tensor : tensors_.tensors()) {
    if (!absl::StartsWith(tensor.name, kInitPrefix) ||
        names.contains(tensor.name)) {
      continue;
    }
    return Error(absl::StrCat(
        "tensor \"", tensor.name, "\" belongs to no parameter of the net",
        DidYouMean(tensor.name, {names.begin(), names.end()})));
  }
  return absl::OkStatus();
}

absl::Status DumpInputs::FillParameters(Device* device,
                                        ParameterStore* store) const {
  RETURN_IF_ERROR(CheckAllUsed(*store));
  for (const Parameter& parameter : store->parameters()) {
    const std::string name =
        absl::StrCat(kInitPrefix, TensorName(parameter.name));
    const Safetensors::Tensor* const tensor = tensors_.Find(name);
    if (tensor == nullptr) {
      if (!parameter.is_learned()) continue;
      return Error(absl::StrCat("has no tensor \"", name, "\""));
    }
    if (!tensor->HasShape(parameter.shape)) {
      return Error(absl::StrCat("tensor \"", name, "\" is ",
                                tensor->ShapeText(), ", the parameter is ",
                                parameter.shape.ToString()));
    }
    ASSIGN_OR_RETURN(const std::vector<float> elements, Elements(*tensor));
    CopyFromHost(elements, device,
                 View::Dense(parameter.data, parameter.shape));
  }
  return absl::OkStatus();
}

}  // namespace tamp
