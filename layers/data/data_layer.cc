#include "layers/data/data_layer.h"

#include <utility>

#include "absl/algorithm/container.h"
#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/check.h"
#include "core/device/device.h"
#include "core/device/staging.h"
#include "core/status_macros.h"
#include "data/data_options.h"
#include "layers/options/arity.h"
#include "layers/tensor_copy.h"

namespace tamp {
namespace {

absl::StatusOr<Shape> ParseShape(const BlobShape& blob_shape) {
  ASSIGN_OR_RETURN(const Shape shape,
                   Shape::Create({blob_shape.dim().data(),
                                  static_cast<size_t>(blob_shape.dim_size())}));
  if (shape.rank() == 3) return shape;
  return absl::InvalidArgumentError(
      absl::StrCat("data_param.shape has ", shape.rank(),
                   " dims, it needs 3: channels, height, width"));
}

absl::StatusOr<int64_t> BatchSize(const DataParameter& data,
                                  const PlanContext& context) {
  if (context.batch_size > 0) return context.batch_size;
  if (data.batch_size() > 0) return int64_t{data.batch_size()};
  return absl::InvalidArgumentError(
      "data_param.batch_size is missing or 0, it must be at least 1");
}

int64_t SampleBytes(const BatchSource& source, int64_t count) {
  return count * source.sample_shape().num_elements() * int64_t{sizeof(float)};
}

int64_t LabelBytes(int64_t count) { return count * int64_t{sizeof(float)}; }

}  // namespace

absl::StatusOr<std::unique_ptr<Layer>> DataLayer::Create(
    const LayerParameter& parameter) {
  RETURN_IF_ERROR(CheckArity(parameter, {0, 0}, {1, 2}));
  RETURN_IF_ERROR(CheckDataOptions(parameter));
  return absl::WrapUnique<Layer>(new DataLayer(parameter));
}

absl::StatusOr<Shape> DataLayer::SampleShape() const {
  const DataParameter& data = parameter_.data_param();
  Shape declared;
  if (data.has_shape()) {
    ASSIGN_OR_RETURN(declared, ParseShape(data.shape()));
  }
  if (source_ == nullptr) {
    if (data.has_shape()) {
      RETURN_IF_ERROR(CheckClaimedShape(parameter_, declared));
      return declared;
    }
    return absl::InvalidArgumentError(
        "data_param.shape is needed where the data set is not opened: give "
        "channels, height and width of a sample");
  }
  if (data.has_shape() && declared != source_->sample_shape()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "data_param.shape is ", declared.ToString(),
        ", but samples of the data set are ",
        source_->sample_shape().ToString(), " after transform_param"));
  }
  return source_->sample_shape();
}

absl::StatusOr<LayerPlan> DataLayer::Plan(absl::Span<const Shape> /*inputs*/,
                                          const PlanContext& context) {
  ASSIGN_OR_RETURN(batch_size_, BatchSize(parameter_.data_param(), context));
  device_ = context.device;
  source_ = context.batch_source;
  staged_ = Staged();
  ASSIGN_OR_RETURN(const Shape sample, SampleShape());
  LayerPlan plan;
  const absl::StatusOr<Shape> batch =
      Shape::Create({batch_size_, sample.dim(0), sample.dim(1), sample.dim(2)});
  if (!batch.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat("the batch's ", batch.status().message()));
  }
  plan.outputs = {*batch};
  if (parameter_.top_size() == 2) plan.outputs.push_back(Shape({batch_size_}));
  plan.backward_reads_inputs = false;
  plan.outputs_are_external = source_ == nullptr;
  return plan;
}

void DataLayer::Forward(const ForwardArgs& args) {
  if (source_ == nullptr) return;
  outputs_are_dense_ = absl::c_all_of(
      args.outputs, [](const View& view) { return view.is_dense(); });
  Staged staged = std::exchange(staged_, Staged());
  if (!outputs_are_dense_ || staged.position != source_->position()) {
    staged.count = 0;
  }
  for (int64_t n = 0; n < batch_size_;) {
    const bool may_take = n == 0 && staged.count > 0;
    const Samples next =
        source_->Next(may_take ? staged.count : batch_size_ - n);
    const bool is_there =
        may_take && next.count == staged.count && Take(staged, args.outputs);
    if (!is_there) Copy(next, n, args.outputs);
    source_->Release();
    n += next.count;
  }
}

void DataLayer::Copy(const Samples& samples, int64_t n,
                     absl::Span<const View> outputs) {
  const View to = outputs[0].Images(n, samples.count);
  CopyFromHost({samples.data, size_t(to.shape.num_elements())}, device_, to);
  if (outputs.size() < 2) return;
  CopyFromHost({samples.labels, size_t(samples.count)}, device_,
               outputs[1].Images(n, samples.count));
}

bool DataLayer::Take(const Staged& staged, absl::Span<const View> outputs) {
  Staging* const staging = device_->staging();
  if (!staging->Take(staged.samples, SampleBytes(*source_, staged.count),
                     outputs[0].data)) {
    return false;
  }
  return outputs.size() < 2 ||
         staging->Take(staged.labels, LabelBytes(staged.count),
                       outputs[1].data);
}

void DataLayer::PrepareNextStep() {
  staged_ = Staged();
  if (source_ == nullptr || !outputs_are_dense_) return;
  Staging* const staging = device_->staging();
  if (staging == nullptr) return;
  const Samples next = source_->Peek(batch_size_);
  if (next.count == 0) return;
  staged_.position = source_->position();
  staged_.count = next.count;
  staged_.samples =
      staging->Stage(next.data, SampleBytes(*source_, next.count));
  if (parameter_.top_size() < 2) return;
  staged_.labels = staging->Stage(next.labels, LabelBytes(next.count));
}

void DataLayer::Backward(const BackwardArgs& /*args*/) {
  CHECK(false) << "data has no gradient";
}

}  // namespace tamp
