#include "layers/known_types.h"

#include "absl/algorithm/container.h"

namespace tamp {
namespace {

constexpr const char* kKnownTypes[] = {
    "Accuracy",
    "BatchNorm",
    "BatchNormApply",
    "BatchNormStatistics",
    "Bias",
    "Concat",
    "Convolution",
    "Data",
    "Dropout",
    "ELU",
    "Eltwise",
    "Flatten",
    "FusedConvolution",
    "FusedPooling",
    "InnerProduct",
    "Input",
    "LRN",
    "PReLU",
    "Pooling",
    "ReLU",
    "Scale",
    "Sigmoid",
    "Slice",
    "Softmax",
    "SoftmaxWithLoss",
    "Split",
    "TanH",
};

}  // namespace

absl::Span<const char* const> KnownTypes() { return kKnownTypes; }

bool IsKnownType(absl::string_view type) {
  return absl::c_linear_search(kKnownTypes, type);
}

}  // namespace tamp
