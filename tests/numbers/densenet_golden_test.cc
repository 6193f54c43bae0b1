// Two small DenseNets against recordings from PyTorch: tests/golden/README.md
// says what they hold.

#include <cmath>
#include <limits>
#include <string>
#include <tuple>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "formats/safetensors.h"
#include "gtest/gtest.h"
#include "net/backend.h"
#include "net/passes/pass.h"
#include "proto/text_format.h"
#include "tests/util/devices/available_devices.h"
#include "tests/util/status_matchers.h"
#include "tests/util/tensor_matchers.h"
#include "tools/runs/dump_run.h"

namespace tamp {
namespace {

// |ours - recorded| / |recorded|, for each tensor.
constexpr double kTolerance = 1e-4;

// What the gradient of the gammas of tiny_bc's stem may be off besides: a
// float's epsilon of the whole gradient. All who read that batch norm are batch
// norms, which undo a change of scale, so that the terms of these gradients
// cancel but for a part in 10,000, and moving the inputs by one unit in their
// last place already moves them by 3e-4 of their norm.
constexpr char kCancelingGradient[] = "grad.stem.bn.weight";
double GradientFloor(const Safetensors& recording) {
  double squares = 0;
  for (const Safetensors::Tensor& tensor : recording.tensors()) {
    if (!absl::StartsWith(tensor.name, "grad.")) continue;
    const double norm = Norm(*tensor.ToFloats());
    squares += norm * norm;
  }
  return std::numeric_limits<float>::epsilon() * std::sqrt(squares);
}

using Outputs = absl::flat_hash_map<std::string, std::vector<float>>;

SolverParameter Recipe(const std::string& type) {
  SolverParameter solver;
  solver.set_type(type);
  solver.set_lr_policy("multistep");
  solver.set_base_lr(0.1f);
  solver.set_gamma(0.1f);
  solver.add_stepvalue(4);
  solver.add_stepvalue(8);
  solver.set_momentum(0.9f);
  solver.set_weight_decay(1e-4f);
  return solver;
}

class DenseNetGoldenTest
    : public testing::TestWithParam<
          std::tuple<AvailableDevice, const char*, const char*>> {
 protected:
  std::string Path(const char* extension) const {
    return absl::StrCat("tests/golden/", std::get<1>(GetParam()), extension);
  }

  Outputs Run(const Safetensors& recording, const std::string& solver_type,
              bool keep_all_values) {
    Outputs outputs;
    absl::StatusOr<NetParameter> net = ReadNetFile(Path(".prototxt"));
    EXPECT_OK(net);
    const Backend backend = std::get<0>(GetParam()).make_backend(1);
    absl::StatusOr<std::vector<Pass>> passes =
        SelectPasses(std::get<2>(GetParam()), backend.passes);
    EXPECT_OK(passes);
    if (!net.ok() || !passes.ok()) return outputs;
    DumpOptions options;
    options.backend = backend;
    options.backend.passes = *passes;
    options.solver = Recipe(solver_type);
    options.steps = 10;
    options.keep_all_values = keep_all_values;
    absl::StatusOr<std::vector<DumpTensor>> tensors =
        DumpRun(*net, recording, options);
    EXPECT_OK(tensors);
    if (!tensors.ok()) return outputs;
    for (DumpTensor& tensor : *tensors) {
      outputs[tensor.name] = std::move(tensor.values);
    }
    return outputs;
  }

  void ExpectNear(const Outputs& outputs, const std::string& name,
                  const Safetensors::Tensor& recorded, double floor) {
    const auto found = outputs.find(name);
    ASSERT_TRUE(found != outputs.end()) << name;
    ASSERT_OK_AND_ASSIGN(const std::vector<float> expected,
                         recorded.ToFloats());
    const double norm = Norm(expected);
    EXPECT_LE(RelativeError(found->second, expected) * (norm > 0 ? norm : 1),
              kTolerance * norm + floor)
        << name << ", whose norm is " << norm;
  }
};

// Our name of what a recording calls `name`; empty for what went in.
std::string OurName(const std::string& name) {
  if (name == "logits") return "blob.fc";
  if (name == "eval_logits") return "eval.fc";
  if (name == "x" || name == "y" || absl::StartsWith(name, "init.")) return "";
  return name;
}

TEST_P(DenseNetGoldenTest, EveryRecordedTensor) {
  ASSERT_OK_AND_ASSIGN(const Safetensors recording,
                       Safetensors::Read(Path(".safetensors")));
  const Outputs sgd = Run(recording, "SGD", /*keep_all_values=*/true);
  const Outputs nesterov = Run(recording, "Nesterov", true);
  const double gradient_floor = GradientFloor(recording);
  int compared = 0;
  for (const Safetensors::Tensor& tensor : recording.tensors()) {
    if (tensor.name == "nesterov.losses") {
      ExpectNear(nesterov, "losses", tensor, 0);
    } else if (const std::string name = OurName(tensor.name); !name.empty()) {
      ExpectNear(sgd, name, tensor,
                 name == kCancelingGradient ? gradient_floor : 0);
    } else {
      continue;
    }
    ++compared;
  }
  // Logits, loss, losses of both methods and logits at the end; and more than
  // that of parameters.
  EXPECT_GT(compared, 80);
}

// Memory as training uses it, where values and gradients share it. Of the
// values only those that nobody reads are left to compare.
TEST_P(DenseNetGoldenTest, SharedMemoryChangesNoBit) {
  ASSERT_OK_AND_ASSIGN(const Safetensors recording,
                       Safetensors::Read(Path(".safetensors")));
  const Outputs kept = Run(recording, "SGD", /*keep_all_values=*/true);
  const Outputs shared = Run(recording, "SGD", /*keep_all_values=*/false);
  EXPECT_GT(shared.size(), 80u);
  EXPECT_LT(shared.size(), kept.size());
  EXPECT_EQ(shared.count("final.fc.weight"), 1u);
  for (const auto& [name, values] : shared) {
    const auto found = kept.find(name);
    ASSERT_TRUE(found != kept.end()) << name;
    EXPECT_EQ(values, found->second) << name;
  }
}

INSTANTIATE_TEST_SUITE_P(DevicesNetsAndPasses, DenseNetGoldenTest,
                         testing::Combine(testing::ValuesIn(AvailableDevices()),
                                          testing::Values("tiny", "tiny_bc"),
                                          testing::Values("all", "none")),
                         [](const auto& info) {
                           return absl::StrCat(std::get<0>(info.param).name,
                                               "_", std::get<1>(info.param),
                                               "_", std::get<2>(info.param));
                         });

}  // namespace
}  // namespace tamp
