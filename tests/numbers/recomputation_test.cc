// Recomputation changes where values lie and not one bit of what a net
// computes: losses, gradients, running statistics and weights of three steps
// are those of the net that keeps everything.

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <regex>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/device/buffer.h"
#include "core/device/device.h"
#include "core/status_macros.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "layers/tensor_copy.h"
#include "net/backend.h"
#include "net/executor.h"
#include "net/graph/parameter_store.h"
#include "net/memory/memory_budget.h"
#include "net/passes/pass.h"
#include "net/planned_net.h"
#include "proto/text_format.h"
#include "solvers/sgd/sgd.h"
#include "tests/util/devices/available_devices.h"
#include "tests/util/planned_net_run.h"
#include "tests/util/status_matchers.h"
#include "tests/util/test_backend.h"

namespace tamp {
namespace {

using testing::HasSubstr;

// With bottlenecks alone, many and wide ones: the maps that budgets give up.
absl::StatusOr<NetParameter> ReadDeepNet() {
  ASSIGN_OR_RETURN(NetParameter net,
                   ReadNetFile("tests/small_densenet.prototxt"));
  for (LayerParameter& layer : *net.mutable_layer()) {
    if (layer.type() != "Module") continue;
    layer.mutable_module_param()->set_name("bottleneck");
    layer.mutable_module_param()->set_repeat(6);
  }
  for (ModuleDefinition& module : *net.mutable_module()) {
    for (LayerParameter& layer : *module.mutable_layer()) {
      if (layer.name() != "conv1") continue;
      layer.mutable_convolution_param()->set_num_output(32);
    }
  }
  return net;
}

struct RunOptions {
  AvailableDevice device;
  std::vector<Pass> passes;
  int threads = 1;
  int64_t memory_budget = 0;
  bool recomputes_everything = false;
};

struct RunResult {
  std::map<std::string, std::vector<float>> tensors;
  int64_t planned_bytes = 0;  // with parameters, gradients and momentum
  BudgetReport budget;
};

void CopyTensors(const ParameterStore& parameters, Device* device,
                 RunResult* result) {
  for (const Parameter& p : parameters.parameters()) {
    result->tensors[p.name] = CopyToHost(View::Dense(p.data, p.shape), device);
    if (!p.is_learned()) continue;
    result->tensors[p.name + " gradient"] =
        CopyToHost(View::Dense(p.gradient, p.shape), device);
  }
}

absl::StatusOr<RunResult> TrainThreeSteps(const NetParameter& net,
                                          const RunOptions& run_options) {
  const Backend backend = run_options.device.make_backend(run_options.threads);
  Device* const device = backend.device.get();
  NetOptions options;
  options.backend = backend;
  options.backend.passes = run_options.passes;
  options.memory_budget = run_options.memory_budget;
  ParameterStore parameters;
  ASSIGN_OR_RETURN(PlannedNet planned, PlanNet(net, options, &parameters));
  if (run_options.recomputes_everything) RecomputeEverything(*device, &planned);
  RETURN_IF_ERROR(parameters.Allocate(device, 1, /*with_gradients=*/true));
  SgdOptions sgd_options;
  sgd_options.momentum = 0.9;
  ASSIGN_OR_RETURN(const std::unique_ptr<Sgd> sgd,
                   Sgd::Create(sgd_options, parameters, backend));
  ASSIGN_OR_RETURN(const Buffer arena, AllocateArena(planned, device));
  Executor executor(planned.graph, planned.layout, device, arena.floats());
  FillInputs(planned.graph, 2, device, &executor);
  RunResult result;
  for (int64_t step = 0; step < 3; ++step) {
    executor.Forward({7, step});
    executor.Backward({7, step}, GradMode::kWrite);
    result.tensors["loss"].push_back(static_cast<float>(executor.Loss()));
    sgd->Update(0.1, 1);
  }
  CopyTensors(parameters, device, &result);
  // Parameters, gradients, and a momentum of each gradient's size.
  int64_t floats = 0;
  for (const Parameter& p : parameters.parameters()) {
    floats += p.shape.num_elements() * (p.gradient == nullptr ? 1 : 3);
  }
  result.planned_bytes = arena.bytes() + floats * int64_t{sizeof(float)};
  result.budget = planned.budget;
  return result;
}

void ExpectSameBits(const RunResult& actual, const RunResult& expected) {
  ASSERT_EQ(actual.tensors.size(), expected.tensors.size());
  for (const auto& [name, values] : expected.tensors) {
    EXPECT_EQ(actual.tensors.at(name), values) << name;
  }
}

class RecomputationTest : public testing::TestWithParam<AvailableDevice> {
 protected:
  std::vector<Pass> AllPasses() const {
    return GetParam().make_backend(1).passes;
  }
  RunOptions Options(std::vector<Pass> passes) const {
    RunOptions options;
    options.device = GetParam();
    options.passes = std::move(passes);
    return options;
  }
};
INSTANTIATE_TEST_SUITE_P(Devices, RecomputationTest,
                         testing::ValuesIn(AvailableDevices()), DeviceName());

// From what the net needs without a budget down to less than it can do with.
TEST_P(RecomputationTest, BudgetsChangeNoBit) {
  ASSERT_OK_AND_ASSIGN(const NetParameter net, ReadDeepNet());
  for (const std::vector<Pass>& passes : {AllPasses(), {}}) {
    RunOptions options = Options(passes);
    ASSERT_OK_AND_ASSIGN(const RunResult free, TrainThreeSteps(net, options));
    std::vector<int> counts;
    const int64_t step = GetParam().is_simulated ? 16 : 4;
    for (int64_t percent = 100;; percent -= step) {
      SCOPED_TRACE(percent);
      options.memory_budget = free.planned_bytes * percent / 100;
      options.threads = 1 + percent / 4 % 2;
      const absl::StatusOr<RunResult> result = TrainThreeSteps(net, options);
      if (!result.ok()) {
        EXPECT_THAT(result.status(),
                    StatusIs(absl::StatusCode::kResourceExhausted,
                             HasSubstr("is too small: the least")));
        break;
      }
      EXPECT_LE(result->planned_bytes, options.memory_budget);
      EXPECT_EQ(result->planned_bytes, result->budget.planned_bytes);
      ExpectSameBits(*result, free);
      counts.push_back(result->budget.num_recomputed);
    }
    ASSERT_GE(counts.size(), step > 4 ? 2 : 5)
        << "budgets have become impossible too early";
    EXPECT_EQ(counts.front(), 0);
    EXPECT_GE(counts.back(), 3);
    EXPECT_TRUE(std::is_sorted(counts.begin(), counts.end()));
  }
}

absl::StatusOr<BudgetReport> PlanWithBudget(const NetParameter& net,
                                            int64_t mib) {
  const Backend backend = TestBackend();
  NetOptions options;
  options.backend = backend;
  options.memory_budget = mib << 20;
  ParameterStore parameters;
  ASSIGN_OR_RETURN(const PlannedNet planned,
                   PlanNet(net, options, &parameters));
  return planned.budget;
}

TEST(MemoryBudgetTest, TheLeastThatAnErrorNamesIsEnough) {
  ASSERT_OK_AND_ASSIGN(const NetParameter net,
                       ReadNetFile("net/densenet_bc121.prototxt"));
  const std::string message(PlanWithBudget(net, 20).status().message());
  std::smatch match;
  ASSERT_TRUE(std::regex_match(
      message, match,
      std::regex("a memory budget of 20 MiB is too small: the least that the "
                 "net can do with is (\\d+) MiB, of which 13 MiB are for "
                 "parameters, gradients and momentum; a smaller batch_size "
                 "needs less")))
      << message;
  const int64_t least = std::stoi(match[1]);
  ASSERT_OK_AND_ASSIGN(const BudgetReport report, PlanWithBudget(net, least));
  EXPECT_LE(report.planned_bytes, least << 20);
  EXPECT_GT(report.planned_bytes, (least - 1) << 20);
  EXPECT_GT(report.num_recomputed, 0);
  EXPECT_FALSE(PlanWithBudget(net, least - 1).ok());
}

TEST_P(RecomputationTest, EverythingAgainIsTheSameAfterEachPass) {
  ASSERT_OK_AND_ASSIGN(const NetParameter net, ReadDeepNet());
  const std::vector<Pass> all = AllPasses();
  const bool is_simulated = GetParam().is_simulated;
  const size_t step = is_simulated ? all.size() : 1;
  for (size_t count = 0; count <= all.size(); count += step) {
    SCOPED_TRACE(count);
    RunOptions options = Options({all.begin(), all.begin() + count});
    ASSERT_OK_AND_ASSIGN(const RunResult kept, TrainThreeSteps(net, options));
    options.recomputes_everything = true;
    const int most_threads = is_simulated ? 1 : 2;
    for (options.threads = 1; options.threads <= most_threads;
         ++options.threads) {
      ASSERT_OK_AND_ASSIGN(const RunResult again,
                           TrainThreeSteps(net, options));
      ExpectSameBits(again, kept);
    }
  }
}

TEST_P(RecomputationTest, EveryTypeOfLayerCanRunAgain) {
  ASSERT_OK_AND_ASSIGN(const NetParameter net,
                       ReadNetFile("tests/all_layers.prototxt"));
  for (const std::vector<Pass>& passes : {AllPasses(), {}}) {
    RunOptions options = Options(passes);
    ASSERT_OK_AND_ASSIGN(const RunResult kept, TrainThreeSteps(net, options));
    options.recomputes_everything = true;
    ASSERT_OK_AND_ASSIGN(const RunResult again, TrainThreeSteps(net, options));
    ExpectSameBits(again, kept);
  }
}

}  // namespace
}  // namespace tamp
