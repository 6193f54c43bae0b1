#include "layers/data/data_layer.h"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "core/device/device.h"
#include "core/device/staging.h"
#include "core/shape.h"
#include "data/batch_source.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "layers/layer.h"
#include "layers/tensor.h"
#include "tests/util/devices/available_devices.h"
#include "tests/util/devices/device_tensor.h"
#include "tests/util/status_matchers.h"
#include "tests/util/test_tensor.h"

namespace tamp {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// Element i of the sample at position p is 100 p + i, its label is p. Hands out
// three samples at most. What is drawn can be made to differ from what a peek
// has shown, so that it shows which of them was used.
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
    return Make(std::min(max_drawn_, max_count), offset_of_drawn_);
  }
  void Release() override { position_ += labels_.size(); }
  Samples Peek(int64_t max_count) override {
    return Make(std::min<int64_t>(3, max_count), 0);
  }
  absl::Status status() const override { return absl::OkStatus(); }

  void set_max_drawn(int64_t count) { max_drawn_ = count; }
  // To what is drawn by Next from now on.
  void Add(float offset) { offset_of_drawn_ = offset; }

 private:
  Samples Make(int64_t count, float offset) {
    data_.clear();
    labels_.clear();
    for (int64_t n = 0; n < count; ++n) {
      labels_.push_back(position_ + n + offset);
      for (int64_t i = 0; i < shape_.num_elements(); ++i) {
        data_.push_back(100 * labels_[n] + i);
      }
    }
    return {static_cast<int64_t>(labels_.size()), data_.data(), labels_.data()};
  }

  const Shape shape_ = {2, 1, 3};
  const std::vector<std::string> names_;
  int64_t position_ = 0, max_drawn_ = 3;
  float offset_of_drawn_ = 0;
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

// A layer that has done a step, and has been told that all of it is asked for.
// From then on Next gives other samples than Peek, by .5 in the labels.
class PrepareNextStepTest : public testing::TestWithParam<AvailableDevice> {
 protected:
  void Start(const Padding& padding = {}, int num_tops = 2) {
    PlanContext context;
    context.device = device_;
    context.batch_source = &source_;
    ASSERT_OK_AND_ASSIGN(layer_,
                         DataLayer::Create(DataLayerParameter(num_tops)));
    ASSERT_OK(layer_->Plan({}, context));
    samples_ =
        std::make_unique<DeviceTensor>(Shape({4, 2, 1, 3}), padding, device_);
    labels_ = std::make_unique<DeviceTensor>(Shape({4}), padding, device_);
    outputs_ = {samples_->view()};
    if (num_tops == 2) outputs_.push_back(labels_->view());
    Forward();
    layer_->PrepareNextStep();
    source_.Add(.5);
  }

  void Forward() {
    ForwardArgs args;
    args.outputs = outputs_;
    layer_->Forward(args);
  }

  // The labels; the samples must be theirs.
  std::vector<float> Labels() {
    std::vector<float> labels;
    const std::vector<float> samples = samples_->ToVector();
    for (int n = 0; n < 4; ++n) {
      labels.push_back(samples[6 * n] / 100);
      for (int i = 0; i < 6; ++i) {
        EXPECT_EQ(samples[6 * n + i], 100 * labels[n] + i);
      }
    }
    if (outputs_.size() == 2) {
      EXPECT_EQ(labels_->ToVector(), labels);
    }
    return labels;
  }

  bool stages() const { return device_->staging() != nullptr; }

  const std::shared_ptr<Device> shared_device_ =
      GetParam().make_backend(1).device;
  Device* const device_ = shared_device_.get();
  CountingSource source_;
  std::unique_ptr<Layer> layer_;
  std::unique_ptr<DeviceTensor> samples_, labels_;
  std::vector<View> outputs_;
};
INSTANTIATE_TEST_SUITE_P(Devices, PrepareNextStepTest,
                         testing::ValuesIn(AvailableDevices()), DeviceName());

// The last sample lies elsewhere and was not shown.
TEST_P(PrepareNextStepTest, ShownSamplesAreThereAlready) {
  for (const int num_tops : {1, 2}) {
    source_.Seek(0);
    source_.Add(0);
    Start({}, num_tops);
    Forward();
    if (stages()) {
      EXPECT_THAT(Labels(), ElementsAre(4, 5, 6, 7.5));
    } else {
      EXPECT_THAT(Labels(), ElementsAre(4.5, 5.5, 6.5, 7.5));
    }
    EXPECT_EQ(source_.position(), 8);
    // They are good for one step.
    source_.Seek(4);
    Forward();
    EXPECT_THAT(Labels(), ElementsAre(4.5, 5.5, 6.5, 7.5));
  }
}

TEST_P(PrepareNextStepTest, TheSamePositionHoldsTheSame) {
  Start();
  source_.Seek(20);
  source_.Seek(4);
  Forward();
  EXPECT_EQ(Labels()[0], stages() ? 4 : 4.5);
  EXPECT_EQ(source_.position(), 8);
}

TEST_P(PrepareNextStepTest, OtherPositionsAreRead) {
  Start();
  source_.Seek(20);
  Forward();
  EXPECT_THAT(Labels(), ElementsAre(20.5, 21.5, 22.5, 23.5));
}

TEST_P(PrepareNextStepTest, FewerSamplesThanWereShownAreRead) {
  Start();
  source_.set_max_drawn(2);
  Forward();
  EXPECT_THAT(Labels(), ElementsAre(4.5, 5.5, 6.5, 7.5));
}

TEST_P(PrepareNextStepTest, WhatLostItsPlaceIsRead) {
  Start();
  if (!stages()) GTEST_SKIP() << "nothing is staged";
  const float other = 9;
  // Samples and labels have two; the last of these takes that of the samples.
  for (int i = 1; i < Staging::kNumPlaces; ++i) {
    device_->staging()->Stage(&other, 4);
  }
  Forward();
  EXPECT_THAT(Labels(), ElementsAre(4.5, 5.5, 6.5, 7.5));
}

TEST_P(PrepareNextStepTest, OutputsWithGapsAreReadAsBefore) {
  Start({2, 5});
  Forward();
  EXPECT_THAT(Labels(), ElementsAre(4.5, 5.5, 6.5, 7.5));
  EXPECT_TRUE(samples_->PaddingIsUntouched());
}

TEST_P(PrepareNextStepTest, AnotherPlanForgets) {
  Start();
  PlanContext context;
  context.device = device_;
  context.batch_source = &source_;
  ASSERT_OK(layer_->Plan({}, context));
  Forward();
  EXPECT_THAT(Labels(), ElementsAre(4.5, 5.5, 6.5, 7.5));
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
  layer->PrepareNextStep();
  EXPECT_EQ(samples.ToVector(), std::vector<float>(24, 3));
}

}  // namespace
}  // namespace tamp
