// What every layer of a device's table must do, whatever it computes: write all
// of its outputs and gradients, give the same numbers again, with other
// strides, with more threads and in place, and have gradients that agree with
// differences. (What a layer computes is tested in its room, in double.)

#include <cmath>
#include <cstdint>
#include <map>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/check.h"
#include "core/rng.h"
#include "core/shape.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "layers/filler.h"
#include "layers/layer_registry.h"
#include "tests/util/devices/available_devices.h"
#include "tests/util/devices/device_tensor.h"
#include "tests/util/layer_runner.h"
#include "tests/util/status_matchers.h"
#include "tests/util/tensor_matchers.h"

namespace tamp {
namespace {

struct LayerCase {
  const char* options;  // text of the LayerParameter, without bottoms and tops
  std::vector<Shape> inputs;
  int num_outputs = 1;
  int num_classes = 0;  // of labels, in the last input
};

const Shape kMaps = {2, 3, 6, 5};

// Typical uses of each type, by the type's name.
std::multimap<std::string, LayerCase> Cases() {
  return {
      {"Accuracy", {"accuracy_param { top_k: 2 }", {{7, 5}, {7}}, 2, 5}},
      {"BatchNorm", {"", {kMaps}}},
      {"BatchNorm", {"batch_norm_param { scale_bias: true }", {kMaps}}},
      {"Bias", {"", {kMaps}}},
      {"Bias", {"bias_param { axis: 0 }", {kMaps, {2, 3}}}},
      {"Concat", {"", {kMaps, {2, 1, 6, 5}, {2, 5, 6, 5}}}},
      {"Convolution",
       {"convolution_param { num_output: 4 kernel_size: 3 pad: 1 }", {kMaps}}},
      {"Convolution",
       {"convolution_param { num_output: 4 kernel_size: 1 bias_term: false }",
        {kMaps}}},
      {"Data",
       {"data_param { batch_size: 2 shape { dim: 3 dim: 6 dim: 5 } }", {}, 2}},
      {"Dropout", {"dropout_param { dropout_ratio: 0.3 }", {kMaps}}},
      {"ELU", {"", {kMaps}}},
      {"Eltwise", {"eltwise_param { coeff: 2 coeff: -1 }", {kMaps, kMaps}}},
      {"Eltwise", {"eltwise_param { operation: PROD }", {kMaps, kMaps}}},
      {"Eltwise", {"eltwise_param { operation: MAX }", {kMaps, kMaps}}},
      {"Flatten", {"", {kMaps}}},
      {"InnerProduct", {"inner_product_param { num_output: 4 }", {kMaps}}},
      {"Input", {"input_param { shape { dim: 2 dim: 3 } }", {}}},
      {"LRN", {"lrn_param { local_size: 3 }", {kMaps}}},
      {"LRN",
       {"lrn_param { local_size: 3 norm_region: WITHIN_CHANNEL }", {kMaps}}},
      {"PReLU", {"", {kMaps}}},
      {"Pooling", {"pooling_param { kernel_size: 3 stride: 2 }", {kMaps}}},
      {"Pooling",
       {"pooling_param { pool: AVE kernel_size: 2 stride: 2 }", {kMaps}}},
      {"Pooling",
       {"pooling_param { pool: AVE global_pooling: true }", {kMaps}}},
      {"ReLU", {"", {kMaps}}},
      {"ReLU", {"relu_param { negative_slope: 0.1 }", {kMaps}}},
      {"Scale", {"scale_param { bias_term: true }", {kMaps}}},
      {"Scale", {"scale_param { axis: 0 }", {kMaps, {2, 3}}}},
      {"Sigmoid", {"", {kMaps}}},
      {"Slice", {"slice_param { slice_point: 1 }", {kMaps}, 2}},
      {"Softmax", {"", {kMaps}}},
      {"SoftmaxWithLoss", {"", {{7, 5}, {7}}, 2, 5}},
      {"SoftmaxWithLoss",
       {"loss_param { label_smoothing: 0.1 }", {kMaps, {2, 6, 5}}, 1, 3}},
      {"Split", {"", {kMaps}, 3}},
      {"TanH", {"", {kMaps}}},
  };
}

LayerParameter ParameterOf(const std::string& type, const LayerCase& c) {
  LayerParameter parameter;
  CHECK(google::protobuf::TextFormat::ParseFromString(c.options, &parameter))
      << c.options;
  parameter.set_name(absl::StrCat("a/", type));
  parameter.set_type(type);
  for (size_t i = 0; i < c.inputs.size(); ++i) {
    parameter.add_bottom(absl::StrCat("x", i));
  }
  for (int i = 0; i < c.num_outputs; ++i) {
    parameter.add_top(absl::StrCat("y", i));
  }
  return parameter;
}

struct LayersTestParam {
  AvailableDevice device;
  std::string type;
};

void PrintTo(const LayersTestParam& param, std::ostream* out) {
  *out << param.type << " on " << param.device.name;
}

constexpr double kSpacing = 0.02;

// All different by at least kSpacing, and as far from 0: differences with a
// smaller step cross no kink of a ReLU and no change of a maximum.
void FillApart(RandomStream* random, DeviceTensor* tensor) {
  std::vector<float> values(tensor->shape().num_elements());
  for (size_t i = 0; i < values.size(); ++i) {
    const double magnitude = kSpacing * (1 + i / 2);
    values[i] = static_cast<float>(i % 2 == 0 ? magnitude : -magnitude);
  }
  for (size_t i = values.size() - 1; i > 0; --i) {
    std::swap(values[i], values[random->UniformInt(i + 1)]);
  }
  tensor->FromVector(values);
}

// The same numbers for each run of a case.
void FillAll(const LayerCase& c, LayerRunner* runner) {
  RandomStream random(1);
  const int num_inputs = c.inputs.size();
  for (int i = 0; i < num_inputs; ++i) {
    FillApart(&random, &runner->input(i));
    if (c.num_classes == 0 || i + 1 < num_inputs) continue;
    std::vector<float> labels(c.inputs[i].num_elements());
    for (float& label : labels) label = random.UniformInt(c.num_classes);
    runner->input(i).FromVector(labels);
  }
  for (size_t i = 0; i < runner->plan().parameters.size(); ++i) {
    const ParameterPlan& plan = runner->plan().parameters[i];
    std::vector<float> values(plan.shape.num_elements());
    ASSERT_OK(ValidateFiller(plan.filler, plan.shape));
    Fill(plan.filler, plan.shape, /*key=*/i, values.data());
    runner->parameter(i).FromVector(values);
    if (plan.kind == ParameterPlan::Kind::kLearned) {
      runner->parameter(i).FillRandom(&random);
    }
  }
  for (size_t i = 0; i < runner->plan().outputs.size(); ++i) {
    runner->output_grad(i).FillRandom(&random, 0.5, 1.5);
  }
  runner->step() = {3, 4};
}

bool HasGradient(const LayerRunner& runner, int input) {
  return input < runner.plan().num_differentiable_inputs;
}

bool IsLearned(const LayerRunner& runner, int parameter) {
  return runner.plan().parameters[parameter].kind ==
         ParameterPlan::Kind::kLearned;
}

bool RunsBackward(const LayerRunner& runner, const LayerCase& c) {
  return !c.inputs.empty() && HasGradient(runner, 0);
}

using Numbers = std::vector<std::vector<float>>;

Numbers Outputs(LayerRunner* runner) {
  Numbers numbers;
  for (size_t i = 0; i < runner->plan().outputs.size(); ++i) {
    numbers.push_back(runner->output(i).ToVector());
  }
  return numbers;
}

// Gradients of inputs, then of learned parameters.
Numbers Gradients(const LayerCase& c, LayerRunner* runner) {
  Numbers numbers;
  for (size_t i = 0; i < c.inputs.size(); ++i) {
    if (HasGradient(*runner, i)) {
      numbers.push_back(runner->input_grad(i).ToVector());
    }
  }
  for (size_t i = 0; i < runner->plan().parameters.size(); ++i) {
    if (IsLearned(*runner, i)) {
      numbers.push_back(runner->parameter_grad(i).ToVector());
    }
  }
  return numbers;
}

// Outputs and gradients of one run from the start.
Numbers RunAll(const LayersTestParam& param, const LayerCase& c,
               const LayerRunner::Options& options, Padding padding) {
  LayerRunner runner(param.device, ParameterOf(param.type, c), c.inputs,
                     options, padding);
  CHECK_OK(runner.status());
  FillAll(c, &runner);
  runner.Forward();
  Numbers numbers = Outputs(&runner);
  if (options.phase == TRAIN && RunsBackward(runner, c)) {
    runner.Backward();
    for (auto& gradient : Gradients(c, &runner)) {
      numbers.push_back(std::move(gradient));
    }
  }
  EXPECT_TRUE(runner.PaddingIsUntouched());
  return numbers;
}

void ExpectFinite(const Numbers& numbers) {
  for (size_t i = 0; i < numbers.size(); ++i) {
    for (size_t j = 0; j < numbers[i].size(); ++j) {
      ASSERT_TRUE(std::isfinite(numbers[i][j]))
          << "element " << j << " of result " << i;
    }
  }
}

class LayersTest : public testing::TestWithParam<LayersTestParam> {
 protected:
  static LayerRunner Runner(const LayerCase& c,
                            LayerRunner::Options options = {}) {
    return LayerRunner(GetParam().device, ParameterOf(GetParam().type, c),
                       c.inputs, options);
  }

  // Calls function(case) for all of the type's cases that compute something.
  template <typename Function>
  void ForEachCase(const Function& function) const {
    const auto cases = Cases();
    const auto [begin, end] = cases.equal_range(GetParam().type);
    for (auto it = begin; it != end; ++it) {
      SCOPED_TRACE(it->second.options);
      if (!it->second.inputs.empty()) function(it->second);
    }
  }
};

TEST_P(LayersTest, HasACaseHereAndPlans) {
  const auto cases = Cases();
  const auto [begin, end] = cases.equal_range(GetParam().type);
  EXPECT_NE(begin, end) << "give type \"" << GetParam().type << "\" a case";
  for (auto it = begin; it != end; ++it) {
    for (const Phase phase : {TRAIN, TEST}) {
      LayerRunner::Options options;
      options.phase = phase;
      const LayerRunner runner = Runner(it->second, options);
      EXPECT_OK(runner.status());
      EXPECT_THAT(runner.plan().outputs,
                  testing::SizeIs(it->second.num_outputs));
    }
  }
}

// Memory of outputs, gradients, saved and scratch is NaN at the start.
TEST_P(LayersTest, WritesEverythingInBothPhases) {
  ForEachCase([&](const LayerCase& c) {
    ExpectFinite(RunAll(GetParam(), c, {}, {}));
    LayerRunner::Options test;
    test.phase = TEST;
    ExpectFinite(RunAll(GetParam(), c, test, {}));
  });
}

TEST_P(LayersTest, StridesAndThreadsDoNotChangeABit) {
  ForEachCase([&](const LayerCase& c) {
    const Numbers numbers = RunAll(GetParam(), c, {}, {});
    LayerRunner::Options threads;
    threads.num_threads = 3;
    EXPECT_EQ(RunAll(GetParam(), c, threads, {}), numbers);
    EXPECT_EQ(RunAll(GetParam(), c, threads, {3, 11}), numbers);
    EXPECT_EQ(RunAll(GetParam(), c, {}, {0, 5}), numbers);
  });
}

TEST_P(LayersTest, TwiceInARowIsTheSame) {
  ForEachCase([&](const LayerCase& c) {
    LayerRunner runner = Runner(c);
    ASSERT_OK(runner.status());
    FillAll(c, &runner);
    runner.Forward();
    const Numbers outputs = Outputs(&runner);
    if (!RunsBackward(runner, c)) return;
    runner.Backward();
    const Numbers gradients = Gradients(c, &runner);
    runner.Backward();
    EXPECT_EQ(Gradients(c, &runner), gradients);
    runner.Forward();
    runner.Backward();
    EXPECT_EQ(Outputs(&runner), outputs);
    EXPECT_EQ(Gradients(c, &runner), gradients);
  });
}

TEST_P(LayersTest, RecomputationLeavesWhatLivesOn) {
  ForEachCase([&](const LayerCase& c) {
    LayerRunner runner = Runner(c);
    ASSERT_OK(runner.status());
    FillAll(c, &runner);
    runner.Forward();
    const Numbers outputs = Outputs(&runner);
    Numbers parameters;
    for (size_t i = 0; i < runner.plan().parameters.size(); ++i) {
      parameters.push_back(runner.parameter(i).ToVector());
    }
    runner.Forward(/*is_recomputation=*/true);
    EXPECT_EQ(Outputs(&runner), outputs);
    for (size_t i = 0; i < parameters.size(); ++i) {
      EXPECT_EQ(runner.parameter(i).ToVector(), parameters[i]);
    }
  });
}

TEST_P(LayersTest, InPlaceIsTheSame) {
  ForEachCase([&](const LayerCase& c) {
    LayerRunner apart = Runner(c);
    ASSERT_OK(apart.status());
    FillAll(c, &apart);
    apart.Forward();
    const Numbers outputs = Outputs(&apart);
    Numbers gradients;
    if (RunsBackward(apart, c)) {
      apart.Backward();
      gradients = Gradients(c, &apart);
    }
    if (apart.plan().can_run_in_place) {
      LayerRunner::Options options;
      options.in_place = true;
      LayerRunner forward = Runner(c, options);
      FillAll(c, &forward);
      forward.Forward();
      EXPECT_EQ(Outputs(&forward), outputs);
    }
    if (apart.plan().can_run_backward_in_place) {
      LayerRunner::Options options;
      options.backward_in_place = true;
      LayerRunner backward = Runner(c, options);
      FillAll(c, &backward);
      backward.Forward();
      backward.Backward();
      EXPECT_EQ(Gradients(c, &backward), gradients);
    }
  });
}

TEST_P(LayersTest, GradientsAreAddedWhereAsked) {
  ForEachCase([&](const LayerCase& c) {
    LayerRunner runner = Runner(c);
    ASSERT_OK(runner.status());
    if (!RunsBackward(runner, c)) return;
    FillAll(c, &runner);
    runner.Forward();
    runner.Backward();
    const Numbers written = Gradients(c, &runner);
    const int num_inputs = c.inputs.size();
    for (int i = 0; i < num_inputs; ++i) {
      if (!HasGradient(runner, i)) continue;
      runner.set_input_grad_mode(i, GradMode::kAdd);
      runner.input_grad(i).Fill(9);
    }
    runner.Backward();
    for (int i = 0; i < num_inputs; ++i) {
      if (!HasGradient(runner, i)) continue;
      std::vector<float> expected = written[i];
      for (float& value : expected) value += 9;
      EXPECT_TRUE(AllClose(runner.input_grad(i).ToVector(), expected, 4));
    }
  });
}

// The objective sum(dy * y) along a random direction, by central differences in
// float; coarse, but it sees every tensor that the layer hands to its kernel.
TEST_P(LayersTest, GradientsAgreeWithDifferences) {
  ForEachCase([&](const LayerCase& c) {
    LayerRunner runner = Runner(c);
    ASSERT_OK(runner.status());
    if (!RunsBackward(runner, c)) return;
    FillAll(c, &runner);
    runner.Forward();
    runner.Backward();
    const Numbers gradients = Gradients(c, &runner);
    std::vector<DeviceTensor*> tensors;
    for (size_t i = 0; i < c.inputs.size(); ++i) {
      if (HasGradient(runner, i)) tensors.push_back(&runner.input(i));
    }
    for (size_t i = 0; i < runner.plan().parameters.size(); ++i) {
      if (IsLearned(runner, i)) tensors.push_back(&runner.parameter(i));
    }
    ASSERT_EQ(tensors.size(), gradients.size());
    const auto objective = [&] {
      runner.Forward();
      double sum = 0;
      for (size_t i = 0; i < runner.plan().outputs.size(); ++i) {
        const std::vector<float> y = runner.output(i).ToVector();
        const std::vector<float> dy = runner.output_grad(i).ToVector();
        for (size_t j = 0; j < y.size(); ++j) sum += double{dy[j]} * y[j];
      }
      return sum;
    };
    constexpr double kStep = 0.2 * kSpacing;
    RandomStream random(5);
    for (size_t t = 0; t < tensors.size(); ++t) {
      const std::vector<float> start = tensors[t]->ToVector();
      std::vector<float> above = start, below = start;
      double analytic = 0, squares = 0;
      for (size_t j = 0; j < start.size(); ++j) {
        const double direction = random.Uniform(-1, 1);
        above[j] = static_cast<float>(start[j] + kStep * direction);
        below[j] = static_cast<float>(start[j] - kStep * direction);
        const double term = gradients[t][j] * direction;
        analytic += term;
        squares += term * term;
      }
      tensors[t]->FromVector(above);
      const double high = objective();
      tensors[t]->FromVector(below);
      const double numeric = (high - objective()) / (2 * kStep);
      tensors[t]->FromVector(start);
      // Relative to what such a sum of random terms typically is.
      EXPECT_NEAR(analytic, numeric, 0.02 * std::sqrt(squares) + 1e-4)
          << "tensor " << t;
    }
  });
}

// Without those that passes make: such layers come in pairs, and only a pair
// has gradients of its own. They are tested in their rooms and in passes_test.
std::vector<LayersTestParam> TypesOnDevices() {
  std::vector<LayersTestParam> params;
  for (const AvailableDevice& device : AvailableDevices()) {
    for (const LayerRow& row : device.make_backend(1).layers) {
      if (!row.is_made_by_passes) params.push_back({device, row.type});
    }
  }
  return params;
}

INSTANTIATE_TEST_SUITE_P(
    Table, LayersTest, testing::ValuesIn(TypesOnDevices()),
    [](const testing::TestParamInfo<LayersTestParam>& info) {
      return absl::StrCat(info.param.device.name, "_", info.param.type);
    });

}  // namespace
}  // namespace tamp
