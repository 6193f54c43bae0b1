// Values inside of a net that are part of the objective: sharing memory, in
// place or within a budget, changes neither the loss nor a gradient, and
// backward leaves them to those who read them after it.

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/device/device.h"
#include "core/rng.h"
#include "gtest/gtest.h"
#include "kernels/grad_mode.h"
#include "layers/tensor.h"
#include "layers/tensor_copy.h"
#include "net/backend.h"
#include "net/net.h"
#include "proto/layer.pb.h"
#include "proto/net.pb.h"
#include "proto/text_format.h"
#include "tests/util/devices/available_devices.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

// "a" is a term of the loss, read by a ReLU that could work in place; the map
// "conv" is one, whose memory could be used again.
constexpr char kNet[] = R"(
  layer { name: "data" type: "Input" top: "data"
    input_param { shape { dim: 3 dim: 2 dim: 8 dim: 8 } } }
  layer { name: "label" type: "Input" top: "label"
    input_param { shape { dim: 3 } } }
  layer { name: "conv" type: "Convolution" bottom: "data" top: "conv"
    loss_weight: 0.25
    convolution_param { num_output: 4 kernel_size: 3 pad: 1
      weight_filler { type: "msra" } } }
  layer { name: "bn" type: "BatchNorm" bottom: "conv" top: "bn"
    batch_norm_param { scale_bias: true } }
  layer { name: "wide" type: "Convolution" bottom: "bn" top: "wide"
    convolution_param { num_output: 9 kernel_size: 3 pad: 1
      weight_filler { type: "msra" } } }
  layer { name: "a" type: "InnerProduct" bottom: "wide" top: "a"
    loss_weight: 0.5
    inner_product_param { num_output: 7 weight_filler { type: "xavier" } } }
  layer { name: "relu" type: "ReLU" bottom: "a" top: "b" }
  layer { name: "fc" type: "InnerProduct" bottom: "b" top: "fc"
    inner_product_param { num_output: 5 weight_filler { type: "xavier" } } }
  layer { name: "loss" type: "SoftmaxWithLoss" bottom: "fc" bottom: "label"
    top: "loss" include { phase: TRAIN } }
)";

using Results = std::map<std::string, std::vector<float>>;

class InnerLossTest : public testing::TestWithParam<AvailableDevice> {
 protected:
  InnerLossTest() {
    options_.backend = backend_;
    options_.backend.passes = {};
    auto parameter = ParseNetText(kNet, "net");
    EXPECT_OK(parameter);
    parameter_ = *std::move(parameter);
  }

  absl::StatusOr<std::unique_ptr<Net>> MakeNet() const {
    return Net::Create(parameter_, options_);
  }

  std::vector<std::vector<float>> TermsOf(const Net& net) const {
    std::vector<std::vector<float>> terms;
    for (const char* name : {"conv", "a", "loss"}) {
      terms.push_back(CopyToHost(net.value(name), device()));
    }
    return terms;
  }

  // Loss and gradients of a step.
  Results RunStep() const {
    absl::StatusOr<std::unique_ptr<Net>> net = MakeNet();
    EXPECT_OK(net);
    if (!net.ok()) return {};
    RandomStream random(3);
    const View data = (*net)->value("data");
    std::vector<float> elements(data.shape.num_elements());
    for (float& element : elements) element = random.Uniform() * 2 - 1;
    CopyFromHost(elements, device(), data);
    CopyFromHost({0, 1, 2}, device(), (*net)->value("label"));
    Results results;
    (*net)->Forward({1, 0});
    const double loss = (*net)->Loss();
    results["loss"] = {static_cast<float>(loss)};
    if (options_.phase == TEST) return results;
    const std::vector<std::vector<float>> terms = TermsOf(**net);
    (*net)->set_loss_scale(loss_scale_);
    (*net)->Backward({1, 0}, GradMode::kWrite);
    EXPECT_EQ((*net)->Loss(), loss);
    EXPECT_EQ(TermsOf(**net), terms);
    for (const Parameter& p : (*net)->parameters().parameters()) {
      if (!p.is_learned()) continue;
      results[p.name] = CopyToHost(View::Dense(p.gradient, p.shape), device());
    }
    return results;
  }

  Device* device() const { return backend_.device.get(); }

  const Backend backend_ = GetParam().make_backend(1);
  NetParameter parameter_;
  NetOptions options_;
  float loss_scale_ = 1;
};
INSTANTIATE_TEST_SUITE_P(Devices, InnerLossTest,
                         testing::ValuesIn(AvailableDevices()), DeviceName());

TEST_P(InnerLossTest, SharedMemoryKeepsTheObjective) {
  for (const Phase phase : {TRAIN, TEST}) {
    options_.phase = phase;
    options_.keep_all_values = true;
    const Results kept = RunStep();
    EXPECT_EQ(kept.size(), phase == TRAIN ? 11u : 1u);
    options_.keep_all_values = false;
    EXPECT_EQ(RunStep(), kept);
  }
}

// All terms alike, so that the gradients are the same but for their exponents.
TEST_P(InnerLossTest, AScaleOfTheLossScalesAllGradients) {
  Results expected = RunStep();
  for (auto& [name, numbers] : expected) {
    if (name == "loss") continue;
    for (float& number : numbers) number *= 1024;
  }
  loss_scale_ = 1024;
  EXPECT_EQ(RunStep(), expected);
}

TEST_P(InnerLossTest, BudgetsKeepTheObjective) {
  const Results kept = RunStep();
  options_.memory_budget = int64_t{1} << 30;
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<Net> net, MakeNet());
  // Down to the least.
  int num_budgets = 0;
  for (options_.memory_budget = net->budget().planned_bytes; MakeNet().ok();
       options_.memory_budget -= 512) {
    EXPECT_EQ(RunStep(), kept) << options_.memory_budget;
    ++num_budgets;
  }
  EXPECT_GT(num_budgets, 0);
}

}  // namespace
}  // namespace tamp
