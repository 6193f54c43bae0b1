// Parameters of lr_mult 0 ask for no gradient. Whatever is frozen, and whatever
// passes and recomputation make of the net, what still learns gets the bits of
// the net in which everything learns, and the solver leaves the rest alone.

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "core/check.h"
#include "core/device/buffer.h"
#include "core/device/device.h"
#include "core/rng.h"
#include "core/status_macros.h"
#include "formats/caffe_form.h"
#include "gtest/gtest.h"
#include "kernels/grad_mode.h"
#include "layers/tensor_copy.h"
#include "net/backend.h"
#include "net/executor.h"
#include "net/graph/parameter_store.h"
#include "net/passes/pass.h"
#include "net/planned_net.h"
#include "net/text/modules.h"
#include "proto/text_format.h"
#include "solvers/sgd/sgd.h"
#include "tests/util/devices/available_devices.h"
#include "tests/util/planned_net_run.h"
#include "tests/util/status_matchers.h"
#include "tests/util/test_backend.h"

namespace tamp {
namespace {

struct RunOptions {
  AvailableDevice device;
  std::vector<Pass> passes;
  bool recomputes_everything = false;
};

struct RunResult {
  double loss = 0;
  int num_backward = 0;  // layers
  // Null gradients are left out.
  std::map<std::string, std::vector<float>> gradients, before, after;
};

// Gradients of two steps, added up, and an update.
absl::StatusOr<RunResult> TrainOnce(const NetParameter& net,
                                    const RunOptions& run_options) {
  const Backend backend = run_options.device.make_backend(2);
  Device* const device = backend.device.get();
  NetOptions options;
  options.backend = backend;
  options.backend.passes = run_options.passes;
  ParameterStore parameters;
  ASSIGN_OR_RETURN(PlannedNet planned, PlanNet(net, options, &parameters));
  if (run_options.recomputes_everything) RecomputeEverything(*device, &planned);
  RETURN_IF_ERROR(parameters.Allocate(device, 1, /*with_gradients=*/true));
  SgdOptions sgd_options;
  sgd_options.weight_decay = 0.1;
  ASSIGN_OR_RETURN(const std::unique_ptr<Sgd> sgd,
                   Sgd::Create(sgd_options, parameters, backend));
  ASSIGN_OR_RETURN(const Buffer arena, AllocateArena(planned, device));
  Executor executor(planned.graph, planned.layout, device, arena.floats());
  FillInputs(planned.graph, 3, device, &executor);
  const auto copy = [&](float* data, const Shape& shape) {
    return CopyToHost(View::Dense(data, shape), device);
  };
  RunResult result;
  for (const Parameter& p : parameters.parameters()) {
    result.before[p.name] = copy(p.data, p.shape);
  }
  for (int64_t step = 0; step < 2; ++step) {
    executor.Forward({7, step});
    executor.Backward({7, step}, step == 0 ? GradMode::kWrite : GradMode::kAdd);
    result.loss += executor.Loss();
  }
  sgd->Update(0.1, 2);
  for (const Parameter& p : parameters.parameters()) {
    result.after[p.name] = copy(p.data, p.shape);
    if (p.gradient == nullptr) continue;
    result.gradients[p.name] = copy(p.gradient, p.shape);
  }
  for (const NodeLayout& node : planned.layout.nodes) {
    result.num_backward += node.runs_backward;
  }
  return result;
}

// How many learned parameters each layer has, by name.
absl::flat_hash_map<std::string, int> NumLearned(const NetParameter& net) {
  const Backend backend = TestBackend();
  NetOptions options;
  options.backend = backend;
  options.backend.passes = {};
  ParameterStore parameters;
  const absl::StatusOr<PlannedNet> planned = PlanNet(net, options, &parameters);
  CHECK_OK(planned.status());
  absl::flat_hash_map<std::string, int> counts;
  for (const Node& node : planned->graph.nodes) {
    for (const Parameter* p : node.parameters) {
      counts[node.parameter.name()] += p->is_learned();
    }
  }
  return counts;
}

// Freezes what `chooses(layer, index of the parameter)` chooses.
template <typename Choose>
NetParameter Freeze(NetParameter net, const Choose& chooses) {
  const auto counts = NumLearned(net);
  for (LayerParameter& layer : *net.mutable_layer()) {
    const auto found = counts.find(layer.name());
    if (found == counts.end()) continue;
    for (int i = 0; i < found->second; ++i) {
      if (layer.param_size() <= i) layer.add_param();
      if (chooses(layer, i)) layer.mutable_param(i)->set_lr_mult(0);
    }
  }
  return net;
}

void ExpectTheSameButFrozen(const RunResult& frozen, const RunResult& all) {
  EXPECT_EQ(frozen.loss, all.loss);
  EXPECT_LE(frozen.num_backward, all.num_backward);
  for (const auto& [name, gradient] : frozen.gradients) {
    EXPECT_EQ(gradient, all.gradients.at(name)) << name;
  }
  for (const auto& [name, after] : frozen.after) {
    const bool is_learned = all.gradients.count(name) > 0;
    const bool learns = frozen.gradients.count(name) > 0;
    EXPECT_EQ(after, is_learned && !learns ? frozen.before.at(name)
                                           : all.after.at(name))
        << name;
  }
}

class FrozenParametersTest
    : public testing::TestWithParam<std::tuple<AvailableDevice, std::string>> {
 protected:
  static NetParameter Net() {
    const absl::StatusOr<NetParameter> net =
        ReadNetFile(std::get<1>(GetParam()));
    CHECK_OK(net.status());
    absl::StatusOr<NetParameter> flat = ExpandModules(*net);
    CHECK_OK(flat.status());
    return *std::move(flat);
  }

  // After each pass, kept and recomputed.
  template <typename Function>
  static void ForEachWayToRun(const Function& function) {
    const AvailableDevice& device = std::get<0>(GetParam());
    const std::vector<Pass> all = device.make_backend(1).passes;
    const size_t step = device.is_simulated ? all.size() : 1;
    for (size_t count = 0; count <= all.size(); count += step) {
      for (const bool recomputes : {false, true}) {
        SCOPED_TRACE(absl::StrCat(count, " passes, recomputes ", recomputes));
        function(
            RunOptions{device, {all.begin(), all.begin() + count}, recomputes});
      }
    }
  }

  static void CheckRandomSubsets(const NetParameter& net, uint64_t first_seed) {
    uint64_t seed = first_seed;
    size_t num_frozen = 0;
    const bool is_simulated = std::get<0>(GetParam()).is_simulated;
    const std::vector<double> shares = is_simulated
                                           ? std::vector<double>{0.5}
                                           : std::vector<double>{0.2, 0.5, 0.8};
    ForEachWayToRun([&](const RunOptions& options) {
      ASSERT_OK_AND_ASSIGN(const RunResult all, TrainOnce(net, options));
      for (const double share : shares) {
        RandomStream random(++seed);
        const NetParameter frozen =
            Freeze(net, [&](const LayerParameter&, int) {
              return random.Uniform() < share;
            });
        ASSERT_OK_AND_ASSIGN(const RunResult some, TrainOnce(frozen, options));
        num_frozen += all.gradients.size() - some.gradients.size();
        ExpectTheSameButFrozen(some, all);
      }
    });
    EXPECT_GT(num_frozen, is_simulated ? 20u : 100u);
  }
};

TEST_P(FrozenParametersTest, TheOthersGetTheSameBits) {
  CheckRandomSubsets(Net(), 100);
}

// gamma and beta in layers of their own.
TEST_P(FrozenParametersTest, TheOthersGetTheSameBitsInCaffesForm) {
  CheckRandomSubsets(InCaffeForm(Net()), 200);
}

// What is usual: batch norms alone, all but them, and all below the head.
TEST_P(FrozenParametersTest, KindsOfLayers) {
  const NetParameter net = Net();
  const auto is_norm = [](const LayerParameter& layer) {
    return layer.type() == "BatchNorm" || layer.type() == "Scale";
  };
  const NetParameter norms = Freeze(
      net, [&](const LayerParameter& layer, int) { return is_norm(layer); });
  const NetParameter others = Freeze(
      net, [&](const LayerParameter& layer, int) { return !is_norm(layer); });
  const NetParameter backbone = Freeze(
      net,
      [](const LayerParameter& layer, int) { return layer.name() != "fc"; });
  ForEachWayToRun([&](const RunOptions& options) {
    ASSERT_OK_AND_ASSIGN(const RunResult all, TrainOnce(net, options));
    for (const NetParameter* frozen : {&norms, &others, &backbone}) {
      ASSERT_OK_AND_ASSIGN(const RunResult some, TrainOnce(*frozen, options));
      EXPECT_LT(some.gradients.size(), all.gradients.size());
      ExpectTheSameButFrozen(some, all);
      if (frozen == &backbone) {
        EXPECT_EQ(some.num_backward, 2) << "the head and the loss";
      }
    }
  });
}

INSTANTIATE_TEST_SUITE_P(
    DevicesAndNets, FrozenParametersTest,
    testing::Combine(testing::ValuesIn(AvailableDevices()),
                     testing::Values("tests/golden/tiny.prototxt",
                                     "tests/golden/tiny_bc.prototxt",
                                     "tests/all_layers.prototxt")),
    [](const auto& info) {
      const std::string& path = std::get<1>(info.param);
      const size_t begin = path.rfind('/') + 1;
      return absl::StrCat(std::get<0>(info.param).name, "_",
                          path.substr(begin, path.rfind('.') - begin));
    });

}  // namespace
}  // namespace tamp
