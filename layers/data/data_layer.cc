#include "layers/data/data_layer.h"

#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/check.h"
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
  ASSIGN_OR_RETURN(const int64_t batch_size,
                   BatchSize(parameter_.data_param(), context));
  device_ = context.device;
  source_ = context.batch_source;
  ASSIGN_OR_RETURN(const Shape sample, SampleShape());
  LayerPlan plan;
  const absl::StatusOr<Shape> batch =
      Shape::Create({batch_size, sample.dim(0), sample.dim(1), sample.dim(2)});
  if (!batch.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat("the batch's ", batch.status().message()));
  }
  plan.outputs = {*batch};
  if (parameter_.top_size() == 2) plan.outputs.push_back(Shape({batch_size}));
  plan.backward_reads_inputs = false;
  plan.outputs_are_external = source_ == nullptr;
  return plan;
}

void DataLayer::Forward(const ForwardArgs& args) {
  if (source_ == nullptr) return;
  const int64_t batch_size = args.outputs[0].shape.num();
  for (int64_t n = 0; n < batch_size;) {
    const Samples next = source_->Next(batch_size - n);
    const View samples = args.outputs[0].Images(n, next.count);
    CopyFromHost({next.data, size_t(samples.shape.num_elements())}, device_,
                 samples);
    if (args.outputs.size() == 2) {
      CopyFromHost({next.labels, size_t(next.count)}, device_,
                   args.outputs[1].Images(n, next.count));
    }
    source_->Release();
    n += next.count;
  }
}

void DataLayer::Backward(const BackwardArgs& /*args*/) {
  CHECK(false) << "data has no gradient";
}

}  // namespace tamp
