#include "tools/runs/dump_run.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "net/backend.h"
#include "proto/text_format.h"
#include "tests/util/devices/available_devices.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

using testing::ElementsAre;
using testing::FloatNear;
using testing::HasSubstr;

// y = w x + b against a label, by softmax.
constexpr char kNet[] = R"(
  layer { name: "in" type: "Input" top: "data" top: "label"
          input_param { shape { dim: 99 dim: 2 } shape { dim: 99 } } }
  layer { name: "part/fc" type: "InnerProduct" bottom: "data" top: "part/fc"
          inner_product_param { num_output: 2 } }
  layer { name: "drop" type: "Dropout" bottom: "part/fc" top: "drop" }
  layer { name: "loss" type: "SoftmaxWithLoss" bottom: "drop" bottom: "label"
          top: "loss" })";

struct Input {
  std::string name;
  Shape shape;
  std::vector<float> values;
};

std::vector<Input> GoodInputs() {
  return {{"x", {1, 2}, {1, 2}},
          {"y", {1}, {1}},
          {"init.part.fc.weight", {2, 2}, {1, 0, 0, 1}},
          {"init.part.fc.bias", {2}, {1, 0}}};
}

class DumpRunTest : public testing::TestWithParam<AvailableDevice> {
 protected:
  absl::StatusOr<std::map<std::string, std::vector<float>>> Run(
      const std::vector<Input>& inputs, int64_t steps,
      const char* net_text = kNet) {
    std::vector<NamedFloats> tensors;
    for (const Input& input : inputs) {
      tensors.push_back({input.name, input.shape, input.values});
    }
    const std::string path = testing::TempDir() + "/inputs.safetensors";
    EXPECT_OK(WriteSafetensors(path, tensors));
    absl::StatusOr<Safetensors> file = Safetensors::Read(path);
    EXPECT_OK(file);
    absl::StatusOr<NetParameter> net = ParseNetText(net_text, "net.prototxt");
    EXPECT_OK(net);
    DumpOptions options;
    options.backend = backend_;
    options.steps = steps;
    options.no_dropout = true;
    options.solver.set_lr_policy("fixed");
    options.solver.set_base_lr(0.5f);
    options.inputs_path = "in.safetensors";
    absl::StatusOr<std::vector<DumpTensor>> outputs =
        DumpRun(*net, *file, options);
    if (!outputs.ok()) return outputs.status();
    std::map<std::string, std::vector<float>> by_name;
    for (DumpTensor& tensor : *outputs) {
      by_name[tensor.name] = std::move(tensor.values);
    }
    return by_name;
  }

  void ExpectError(const std::vector<Input>& inputs, const char* message) {
    EXPECT_THAT(Run(inputs, 0).status(),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         HasSubstr(std::string("in.safetensors: ") + message)));
  }

  const Backend backend_ = GetParam().make_backend(1);
};
INSTANTIATE_TEST_SUITE_P(Devices, DumpRunTest,
                         testing::ValuesIn(AvailableDevices()), DeviceName());

TEST_P(DumpRunTest, ByHand) {
  ASSERT_OK_AND_ASSIGN(auto outputs, Run(GoodInputs(), 1));
  // Both scores are 2, so both probabilities are 1/2.
  EXPECT_THAT(outputs["blob.part.fc"], ElementsAre(2, 2));
  EXPECT_THAT(outputs["loss"], ElementsAre(FloatNear(0.6931472f, 1e-6f)));
  EXPECT_THAT(outputs["grad.part.fc.bias"], ElementsAre(0.5f, -0.5f));
  EXPECT_THAT(outputs["grad.part.fc.weight"], ElementsAre(0.5f, 1, -0.5f, -1));
  EXPECT_THAT(outputs["losses"], ElementsAre(FloatNear(0.6931472f, 1e-6f)));
  EXPECT_THAT(outputs["final.part.fc.bias"], ElementsAre(0.75f, 0.25f));
  EXPECT_THAT(outputs["final.part.fc.weight"],
              ElementsAre(0.75f, -0.5f, 0.25f, 1.5f));
  EXPECT_THAT(outputs["eval.part.fc"], ElementsAre(0.5f, 3.5f));
}

// The bias has the same gradient, and is alone in moving.
TEST_P(DumpRunTest, AFrozenWeightHasNoGradient) {
  std::string net = kNet;
  net.insert(net.find("inner_product_param"), "param { lr_mult: 0 } ");
  ASSERT_OK_AND_ASSIGN(auto outputs, Run(GoodInputs(), 1, net.c_str()));
  EXPECT_EQ(outputs.count("grad.part.fc.weight"), 0);
  EXPECT_THAT(outputs["grad.part.fc.bias"], ElementsAre(0.5f, -0.5f));
  EXPECT_THAT(outputs["final.part.fc.weight"], ElementsAre(1, 0, 0, 1));
  EXPECT_THAT(outputs["final.part.fc.bias"], ElementsAre(0.75f, 0.25f));
}

TEST_P(DumpRunTest, LabelsThatTheLossIgnores) {
  std::vector<Input> inputs = GoodInputs();
  inputs[1].values = {-1};
  ExpectError(inputs, "tensor \"y\" holds -1, labels are 0 .. 1");
  std::string net = kNet;
  net.insert(net.rfind('}'), " loss_param { ignore_label: -1 }");
  ASSERT_OK_AND_ASSIGN(auto outputs, Run(inputs, 0, net.c_str()));
  EXPECT_THAT(outputs["loss"], ElementsAre(0));
}

TEST_P(DumpRunTest, WithoutStepsTheEndIsTheStart) {
  ASSERT_OK_AND_ASSIGN(auto outputs, Run(GoodInputs(), 0));
  EXPECT_EQ(outputs.count("losses"), 0);
  EXPECT_THAT(outputs["final.part.fc.bias"], ElementsAre(1, 0));
  EXPECT_THAT(outputs["eval.part.fc"], ElementsAre(2, 2));
}

TEST_P(DumpRunTest, TensorsMayBeNamedAsTheTops) {
  std::vector<Input> inputs = GoodInputs();
  inputs[0].name = "data";
  inputs[1].name = "label";
  ASSERT_OK_AND_ASSIGN(auto outputs, Run(inputs, 0));
  EXPECT_THAT(outputs["blob.part.fc"], ElementsAre(2, 2));
}

TEST_P(DumpRunTest, DataLayersTakeTheShapeOfTheBatch) {
  constexpr char kDataNet[] = R"(
    layer { name: "data" type: "Data" top: "data" top: "label"
            data_param { batch_size: 64 source: "nowhere" } }
    layer { name: "fc" type: "InnerProduct" bottom: "data" top: "fc"
            inner_product_param { num_output: 2 } }
    layer { name: "loss" type: "SoftmaxWithLoss" bottom: "fc" bottom: "label"
            top: "loss" })";
  const std::vector<float> x(3 * 1 * 2 * 2, 1);
  ASSERT_OK_AND_ASSIGN(
      auto outputs, Run({{"x", {3, 1, 2, 2}, x},
                         {"y", {3}, {0, 1, 0}},
                         {"init.fc.weight", {2, 4}, {1, 1, 1, 1, 0, 0, 0, 0}},
                         {"init.fc.bias", {2}, {0, 0}}},
                        0, kDataNet));
  EXPECT_THAT(outputs["blob.fc"], ElementsAre(4, 0, 4, 0, 4, 0));
}

TEST_P(DumpRunTest, SaysWhatIsWrongWithTheInputs) {
  std::vector<Input> inputs = GoodInputs();
  inputs[2].name = "init.part.fc.weihgt";
  ExpectError(inputs,
              "tensor \"init.part.fc.weihgt\" belongs to no parameter of the "
              "net; did you mean \"init.part.fc.weight\"?");
  inputs = GoodInputs();
  inputs.pop_back();
  ExpectError(inputs, "has no tensor \"init.part.fc.bias\"");
  inputs = GoodInputs();
  inputs[3] = {"init.part.fc.bias", {3}, {1, 0, 0}};
  ExpectError(inputs, "tensor \"init.part.fc.bias\" is 3, the parameter is 2");
  inputs = GoodInputs();
  inputs[1].values = {2};
  ExpectError(inputs, "tensor \"y\" holds 2, labels are 0 .. 1");
  inputs = GoodInputs();
  inputs[1] = {"y", {2}, {1, 1}};
  ExpectError(inputs, "tensor \"y\" is 2, data top \"label\" is 1");
  inputs = GoodInputs();
  inputs[0].name = "images";
  ExpectError(inputs, "has neither a tensor \"data\" nor \"x\"");
}

}  // namespace
}  // namespace tamp
