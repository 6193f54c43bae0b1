#include "formats/weights_file.h"

#include <cmath>
#include <cstring>
#include <fstream>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/status_macros.h"
#include "formats/safetensors.h"
#include "formats/snapshot.h"
#include "proto/snapshot.pb.h"

namespace tamp {
namespace {

using Tensors = std::vector<StoredTensor>;

bool IsSnapshot(const std::string& path) {
  char first[8] = {};
  std::ifstream(path, std::ios::binary).read(first, sizeof(first));
  return absl::string_view(first, sizeof(first)) == kSnapshotMagic;
}

absl::StatusOr<StoredWeights> FromSnapshot(const std::string& path) {
  ASSIGN_OR_RETURN(const SnapshotParameter snapshot, ReadSnapshot(path));
  StoredWeights weights;
  weights.class_names.assign(snapshot.class_name().begin(),
                             snapshot.class_name().end());
  for (const SnapshotParameter::Tensor& tensor : snapshot.tensor()) {
    if (tensor.kind() == SnapshotParameter::Tensor::MOMENTUM) continue;
    const std::vector<int64_t> dims(tensor.shape().dim().begin(),
                                    tensor.shape().dim().end());
    ASSIGN_OR_RETURN(const Shape shape, Shape::Create(dims));
    std::vector<float> values(shape.num_elements());
    std::memcpy(values.data(), tensor.data().data(), tensor.data().size());
    weights.tensors.push_back({tensor.name(), dims, std::move(values)});
  }
  return weights;
}

StoredTensor FromTensor(const std::string& path,
                        const Safetensors::Tensor& tensor) {
  StoredTensor stored = {tensor.name, tensor.dims, {}};
  absl::StatusOr<std::vector<float>> values = tensor.ToFloats();
  if (!values.ok()) {
    stored.unusable = absl::InvalidArgumentError(
        absl::StrCat(path, ": ", values.status().message()));
  } else if (!absl::c_all_of(*values,
                             [](float x) { return std::isfinite(x); })) {
    stored.unusable = absl::InvalidArgumentError(
        absl::StrCat(path, ": tensor \"", tensor.name,
                     "\" holds numbers that are not finite"));
  } else {
    stored.values = *std::move(values);
  }
  return stored;
}

absl::StatusOr<Tensors> FromSafetensors(const std::string& path) {
  ASSIGN_OR_RETURN(const Safetensors file, Safetensors::Read(path));
  Tensors tensors;
  for (const Safetensors::Tensor& tensor : file.tensors()) {
    tensors.push_back(FromTensor(path, tensor));
  }
  return tensors;
}

}  // namespace

absl::StatusOr<StoredWeights> ReadWeightsFile(const std::string& path) {
  if (IsSnapshot(path)) return FromSnapshot(path);
  absl::StatusOr<Tensors> tensors = FromSafetensors(path);
  if (absl::IsInvalidArgument(tensors.status()) &&
      !absl::EndsWith(path, ".safetensors")) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": neither a snapshot nor a safetensors file (",
                     std::string(tensors.status().message()), ")"));
  }
  RETURN_IF_ERROR(tensors.status());
  return StoredWeights{*std::move(tensors), {}};
}

}  // namespace tamp
