#include "solvers/state/training_state.h"

#include <map>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/shape.h"
#include "core/status_macros.h"
#include "solvers/state/class_names.h"

namespace tamp {
namespace {

using Tensor = SnapshotParameter::Tensor;

// A tensor of the training and the name that it has in a snapshot.
struct NamedTensor {
  std::string name;
  Tensor::Kind kind;
  Shape shape;
  float* data;
};

std::vector<NamedTensor> TensorsOf(const ParameterStore& parameters,
                                   const Sgd& sgd) {
  std::vector<NamedTensor> tensors;
  for (const Parameter& parameter : parameters.parameters()) {
    const Tensor::Kind kind =
        parameter.is_learned() ? Tensor::WEIGHT : Tensor::STATISTIC;
    tensors.push_back({parameter.name, kind, parameter.shape, parameter.data});
  }
  for (const Sgd::Slot& slot : sgd.slots()) {
    tensors.push_back({slot.parameter->name, Tensor::MOMENTUM,
                       slot.parameter->shape, slot.momentum});
  }
  return tensors;
}

int64_t Bytes(const Shape& shape) {
  return shape.num_elements() * int64_t{sizeof(float)};
}

absl::Status Refuse(absl::string_view reason) {
  return absl::FailedPreconditionError(absl::StrCat(
      reason, "; to start anew from the snapshot's weights use --weights"));
}

// The position follows from the iteration unless batch_size or iter_size have
// changed since.
absl::Status CheckPosition(const SnapshotParameter& snapshot,
                           int64_t samples_per_iteration) {
  const int64_t position = snapshot.data_position();
  if (position % samples_per_iteration == 0 &&
      position / samples_per_iteration == snapshot.iteration()) {
    return absl::OkStatus();
  }
  return absl::FailedPreconditionError(absl::StrCat(
      "the snapshot drew ", position, " samples in ", snapshot.iteration(),
      " iterations, this is ", samples_per_iteration,
      " samples an iteration; keep batch_size and iter_size as they were"));
}

absl::Status CheckClasses(const SnapshotParameter& snapshot,
                          const TrainingIdentity& identity) {
  constexpr char kRemedy[] =
      "labels would mean something else; name the classes as they were, or "
      "take "
      "the data that the snapshot was trained on";
  const NumberedClasses theirs = {
      "in the snapshot",
      {snapshot.class_name().begin(), snapshot.class_name().end()}};
  const NumberedClasses ours = {"in the training set", identity.class_names};
  if (theirs.names.empty() || ours.names.empty()) return absl::OkStatus();
  RETURN_IF_ERROR(CheckClassNames(theirs, ours, kRemedy));
  if (theirs.names.size() == ours.names.size()) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      "the snapshot is of ", theirs.names.size(),
      " classes, the training set has ", ours.names.size(), ": ", kRemedy));
}

absl::Status CheckIdentity(const SnapshotParameter& snapshot,
                           const TrainingIdentity& identity) {
  if (snapshot.net_name() != identity.net_name) {
    return Refuse(absl::StrCat("the snapshot is of net \"", snapshot.net_name(),
                               "\", this is \"", identity.net_name, "\""));
  }
  if (snapshot.net_hash() != identity.net_hash) {
    return Refuse(absl::StrCat("layers or options of net \"", identity.net_name,
                               "\" have changed since the snapshot"));
  }
  if (snapshot.solver_type() != identity.solver_type) {
    return Refuse(absl::StrCat("the snapshot is of solver type ",
                               snapshot.solver_type(), ", this is ",
                               identity.solver_type));
  }
  RETURN_IF_ERROR(CheckClasses(snapshot, identity));
  if (snapshot.data_size() != identity.data_size) {
    return Refuse(absl::StrCat("the snapshot is of a training set of ",
                               snapshot.data_size(), " samples, this one has ",
                               identity.data_size));
  }
  if (snapshot.seed() != identity.seed) {
    return absl::FailedPreconditionError(
        absl::StrCat("the snapshot is of seed ", snapshot.seed(), ", this is ",
                     identity.seed, "; use --seed=", snapshot.seed()));
  }
  return CheckPosition(snapshot, identity.samples_per_iteration);
}

using TensorKey = std::pair<std::string, int>;

std::map<TensorKey, const Tensor*> IndexOf(const SnapshotParameter& snapshot) {
  std::map<TensorKey, const Tensor*> index;
  for (const Tensor& tensor : snapshot.tensor()) {
    index[{tensor.name(), tensor.kind()}] = &tensor;
  }
  return index;
}

absl::Status CheckTensor(const NamedTensor& ours, const Tensor* theirs) {
  if (theirs == nullptr) {
    return Refuse(absl::StrCat("the snapshot has no ",
                               Tensor::Kind_Name(ours.kind), " of \"",
                               ours.name, "\""));
  }
  const absl::Span<const int64_t> dims = ours.shape.dims();
  if (dims == absl::MakeConstSpan(theirs->shape().dim().data(),
                                  theirs->shape().dim_size())) {
    return absl::OkStatus();
  }
  return absl::FailedPreconditionError(
      absl::StrCat("\"", ours.name, "\" is ", ours.shape.ToString(),
                   " here and of another shape in the snapshot"));
}

}  // namespace

SnapshotParameter CaptureTraining(const TrainingIdentity& identity,
                                  int64_t iteration,
                                  const ParameterStore& parameters,
                                  const Sgd& sgd, Device* device) {
  SnapshotParameter snapshot;
  const int64_t position = iteration * identity.samples_per_iteration;
  snapshot.set_iteration(iteration);
  snapshot.set_epoch(position / identity.data_size);
  snapshot.set_seed(identity.seed);
  snapshot.set_data_position(position);
  snapshot.set_data_size(identity.data_size);
  for (const std::string& name : identity.class_names) {
    snapshot.add_class_name(name);
  }
  snapshot.set_net_name(identity.net_name);
  snapshot.set_net_hash(identity.net_hash);
  snapshot.set_solver_type(identity.solver_type);
  for (const NamedTensor& ours : TensorsOf(parameters, sgd)) {
    Tensor* tensor = snapshot.add_tensor();
    tensor->set_name(ours.name);
    tensor->set_kind(ours.kind);
    for (const int64_t dim : ours.shape.dims()) {
      tensor->mutable_shape()->add_dim(dim);
    }
    tensor->mutable_data()->resize(Bytes(ours.shape));
    device->CopyToHost(ours.data, Bytes(ours.shape),
                       &(*tensor->mutable_data())[0]);
  }
  return snapshot;
}

absl::Status RestoreTraining(const SnapshotParameter& snapshot,
                             const TrainingIdentity& identity,
                             ParameterStore* parameters, Sgd* sgd,
                             Device* device) {
  RETURN_IF_ERROR(CheckIdentity(snapshot, identity));
  const std::vector<NamedTensor> tensors = TensorsOf(*parameters, *sgd);
  const std::map<TensorKey, const Tensor*> index = IndexOf(snapshot);
  std::vector<const Tensor*> sources;
  for (const NamedTensor& ours : tensors) {
    const auto found = index.find({ours.name, ours.kind});
    sources.push_back(found == index.end() ? nullptr : found->second);
    RETURN_IF_ERROR(CheckTensor(ours, sources.back()));
  }
  if (index.size() != tensors.size()) {
    return Refuse(absl::StrCat("the snapshot has ", index.size(),
                               " tensors, this training ", tensors.size()));
  }
  for (size_t i = 0; i < tensors.size(); ++i) {
    device->CopyFromHost(sources[i]->data().data(), Bytes(tensors[i].shape),
                         tensors[i].data);
  }
  return absl::OkStatus();
}

}  // namespace tamp
