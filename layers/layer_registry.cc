#include "layers/layer_registry.h"

#include <string>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "core/nearest_name.h"
#include "core/status_macros.h"

namespace tamp {
namespace {

// Types of Caffe that Tamp does not have: for them the nearest name would be no
// help.
constexpr const char* kCaffeTypes[] = {
    "AbsVal",
    "ArgMax",
    "BNLL",
    "BatchReindex",
    "Clip",
    "ContrastiveLoss",
    "Crop",
    "Deconvolution",
    "DummyData",
    "Embed",
    "EuclideanLoss",
    "Exp",
    "Filter",
    "HDF5Data",
    "HDF5Output",
    "HingeLoss",
    "Im2col",
    "ImageData",
    "InfogainLoss",
    "LSTM",
    "LSTMUnit",
    "Log",
    "MVN",
    "MemoryData",
    "MultinomialLogisticLoss",
    "Parameter",
    "Power",
    "Python",
    "RNN",
    "Recurrent",
    "Reduction",
    "Reshape",
    "SPP",
    "SigmoidCrossEntropyLoss",
    "Silence",
    "Swish",
    "Threshold",
    "Tile",
    "WindowData",
};

// The options field of a type has the type's name in snake case, or the front
// of it: batch_norm_param of BatchNorm, softmax_param of SoftmaxWithLoss.
bool IsOptionOf(const std::string& field, const std::string& type) {
  const std::string squeezed =
      absl::StrReplaceAll(field, {{"_param", ""}, {"_", ""}});
  return absl::StartsWith(absl::AsciiStrToLower(type), squeezed);
}

// Refuses the options of another type, which would have no effect.
absl::Status CheckOptions(const LayerParameter& parameter) {
  const auto* options =
      LayerParameter::descriptor()->FindOneofByName("options");
  const auto* field =
      parameter.GetReflection()->GetOneofFieldDescriptor(parameter, options);
  if (field == nullptr || IsOptionOf(field->name(), parameter.type())) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat("has ", field->name(), ", which type \"", parameter.type(),
                   "\" does not read"));
}

}  // namespace

bool IsMadeByPasses(absl::Span<const LayerRow> table, absl::string_view type) {
  return absl::c_any_of(table, [&](const LayerRow& row) {
    return row.type == type && row.is_made_by_passes;
  });
}

absl::StatusOr<std::unique_ptr<Layer>> CreateLayerFromTable(
    absl::Span<const LayerRow> table, const LayerParameter& parameter) {
  std::vector<std::string> types;
  for (const LayerRow& row : table) {
    if (parameter.type() == row.type) {
      RETURN_IF_ERROR(CheckOptions(parameter));
      return row.create(parameter);
    }
    if (!row.is_made_by_passes) types.push_back(row.type);
  }
  const bool is_caffe = absl::c_linear_search(kCaffeTypes, parameter.type());
  if (is_caffe) {
    return absl::InvalidArgumentError(absl::StrCat(
        "Caffe's type \"", parameter.type(), "\" is not supported"));
  }
  return absl::InvalidArgumentError(
      absl::StrCat("unknown type \"", parameter.type(), "\"",
                   DidYouMean(parameter.type(), types)));
}

}  // namespace tamp
