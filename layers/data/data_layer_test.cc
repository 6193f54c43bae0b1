#include "layers/data/data_layer.h"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "core/device/device.h"
#include "core/shape.h"
#include "data/batch_source.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "layers/layer.h"
#include "tests/util/devices/available_devices.h"
#include "tests/util/devices/device_tensor.h"
#include "tests/util/status_matchers.h"
#include "tests/util/test_tensor.h"

namespace tamp {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// Element i of the sample at position p is 100 p + i, its label is p. Hands out
// three samples at most.
class CountingSource : public BatchSource {
 public:
  const Shape& sample_shape() const override { return shape_; }
  int64_t num_samples() const override { return 50; }
  int num_classes() const override { return 50; }
  const std::vector<std::string>& class_names() const override {
    return names_;
  }
  int64_t position() const override { return position_; }
  void Seek(int64_t position) override { position_ = position; }
  Samples Next(int64_t max_count) override {
    data_.clear();
    labels_.clear();
    for (int64_t n = 0; n < std::min<int64_t>(3, max_count); ++n) {
      labels_.push_back(position_ + n);
      for (int64_t i = 0; i < shape_.num_elements(); ++i) {
        data_.push_back(100 * labels_[n] + i);
      }
    }
    return {static_cast<int64_t>(labels_.size()), data_.data(), labels_.data()};
  }
  void Release() override { position_ += labels_.size(); }
  absl::Status status() const override { return absl::OkStatus(); }

 private:
  const Shape shape_ = {2, 1, 3};
  const std::vector<std::string> names_;
  int64_t position_ = 0;
  std::vector<float> data_, labels_;
};

LayerParameter DataLayerParameter(int num_tops = 2) {
  LayerParameter parameter;
  parameter.set_name("data");
  parameter.set_type("Data");
  parameter.add_top("data");
  if (num_tops == 2) parameter.add_top("label");
  parameter.mutable_data_param()->set_batch_size(4);
  for (const int dim : {2, 1, 3}) {
    parameter.mutable_data_param()->mutable_shape()->add_dim(dim);
  }
  return parameter;
}

absl::StatusOr<LayerPlan> PlanOf(const LayerParameter& parameter,
                                 const PlanContext& context) {
  absl::StatusOr<std::unique_ptr<Layer>> layer = DataLayer::Create(parameter);
  if (!layer.ok()) return layer.status();
  return (*layer)->Plan({}, context);
}

TEST(DataLayerTest, PlansFromTheShapeAlone) {
  ASSERT_OK_AND_ASSIGN(LayerPlan plan, PlanOf(DataLayerParameter(), {}));
  EXPECT_THAT(plan.outputs, ElementsAre(Shape({4, 2, 1, 3}), Shape({4})));
  EXPECT_TRUE(plan.parameters.empty());
  EXPECT_FALSE(plan.backward_reads_inputs);
  ASSERT_OK_AND_ASSIGN(plan, PlanOf(DataLayerParameter(1), {}));
  EXPECT_THAT(plan.outputs, ElementsAre(Shape({4, 2, 1, 3})));
}

TEST(DataLayerTest, TakesShapeFromTheDataAndBatchSizeFromTheContext) {
  CountingSource source;
  PlanContext context;
  context.batch_source = &source;
  context.batch_size = 7;
  LayerParameter parameter = DataLayerParameter();
  parameter.mutable_data_param()->clear_shape();
  ASSERT_OK_AND_ASSIGN(const LayerPlan plan, PlanOf(parameter, context));
  EXPECT_THAT(plan.outputs, ElementsAre(Shape({7, 2, 1, 3}), Shape({7})));
}

TEST(DataLayerTest, RefusesWhatItCannotDo) {
  CountingSource source;
  PlanContext context;
  context.batch_source = &source;
  LayerParameter parameter = DataLayerParameter();
  parameter.add_bottom("x");
  EXPECT_THAT(PlanOf(parameter, context),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("takes 0 bottoms, has 1")));
  parameter = DataLayerParameter();
  parameter.mutable_data_param()->set_batch_size(0);
  EXPECT_THAT(PlanOf(parameter, context),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("batch_size is missing or 0")));
  parameter = DataLayerParameter();
  parameter.mutable_data_param()->mutable_shape()->set_dim(2, 4);
  EXPECT_THAT(PlanOf(parameter, context),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("shape is 2x1x4, but samples of the data set "
                                 "are 2x1x3")));
  parameter.mutable_data_param()->mutable_shape()->add_dim(1);
  EXPECT_THAT(PlanOf(parameter, context),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("has 4 dims, it needs 3")));
  parameter.mutable_data_param()->clear_shape();
  EXPECT_THAT(PlanOf(parameter, {}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("data_param.shape is needed")));
}

class DataForwardTest : public testing::TestWithParam<AvailableDevice> {};
INSTANTIATE_TEST_SUITE_P(Devices, DataForwardTest,
                         testing::ValuesIn(AvailableDevices()), DeviceName());

TEST_P(DataForwardTest, TakesTheNextBatch) {
  const auto backend = GetParam().make_backend(1);
  Device* const device = backend.device.get();
  for (const Padding& padding : {Padding{0, 0}, Padding{2, 5}}) {
    CountingSource source;
    PlanContext context;
    context.device = device;
    context.batch_source = &source;
    ASSERT_OK_AND_ASSIGN(const std::unique_ptr<Layer> layer,
                         DataLayer::Create(DataLayerParameter()));
    ASSERT_OK_AND_ASSIGN(const LayerPlan plan, layer->Plan({}, context));
    DeviceTensor samples(plan.outputs[0], padding, device);
    DeviceTensor labels(plan.outputs[1], padding, device);
    const View outputs[] = {samples.view(), labels.view()};
    ForwardArgs args;
    args.outputs = outputs;
    layer->Forward(args);
    layer->Forward(args);
    EXPECT_THAT(labels.ToVector(), ElementsAre(4, 5, 6, 7));
    std::vector<float> expected;
    for (int p = 4; p < 8; ++p) {
      for (int i = 0; i < 6; ++i) expected.push_back(100 * p + i);
    }
    EXPECT_EQ(samples.ToVector(), expected);
    EXPECT_TRUE(samples.PaddingIsUntouched());
  }
}

TEST(DataLayerTest, ForwardWithoutDataLeavesOutputsAlone) {
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<Layer> layer,
                       DataLayer::Create(DataLayerParameter(1)));
  ASSERT_OK_AND_ASSIGN(const LayerPlan plan, layer->Plan({}, {}));
  TestTensor<float> samples(plan.outputs[0]);
  samples.Fill(3);
  const View outputs[] = {samples.view()};
  ForwardArgs args;
  args.outputs = outputs;
  layer->Forward(args);
  EXPECT_EQ(samples.ToVector(), std::vector<float>(24, 3));
}

}  // namespace
}  // namespace tamp
