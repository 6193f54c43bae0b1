// densenet40 itself, with all passes and with none: every gradient is there and
// is the same, and memory has fallen.

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/types/span.h"
#include "core/rng.h"
#include "gtest/gtest.h"
#include "net/backend.h"
#include "net/net.h"
#include "net/passes/pass.h"
#include "proto/text_format.h"
#include "tests/util/status_matchers.h"
#include "tests/util/tensor_matchers.h"
#include "tests/util/test_backend.h"

namespace tamp {
namespace {

constexpr int kBatchSize = 2;

struct Result {
  double loss = 0;
  std::map<std::string, std::vector<float>> gradients;
  int64_t planned_bytes = 0;
};

void FillInputs(Net* net) {
  RandomStream random(3);
  const View data = net->value("data");
  ASSERT_TRUE(data.is_dense());
  for (int64_t i = 0; i < data.shape.num_elements(); ++i) {
    data.data[i] = random.Uniform() * 4 - 2;
  }
  for (int i = 0; i < kBatchSize; ++i) {
    net->value("label").data[i] = static_cast<float>(i * 3 % 10);
  }
}

// Rounding moves an element that is close to 0 to the other side of a ReLU, and
// one such element among millions changes the gradients of all layers before it
// by more than the tolerance. Offsets of 2.5 standard deviations leave twenty
// times fewer elements there than none, and still some on either side.
void MoveOffZero(ParameterStore* parameters) {
  RandomStream random(4);
  for (const Parameter& p : parameters->parameters()) {
    if (!absl::EndsWith(p.name, "bn/bias")) continue;
    for (int64_t c = 0; c < p.shape.num_elements(); ++c) {
      p.data[c] = random.UniformInt(2) == 0 ? 2.5f : -2.5f;
    }
  }
}

// One training step, dropout included.
Result RunStep(absl::Span<const Pass> passes) {
  Result result;
  const absl::StatusOr<NetParameter> parameter =
      ReadNetFile("net/densenet40.prototxt");
  EXPECT_OK(parameter);
  const Backend backend = TestBackend(2);
  NetOptions options;
  options.backend = backend;
  options.backend.passes.assign(passes.begin(), passes.end());
  options.batch_size = kBatchSize;
  const absl::StatusOr<std::unique_ptr<Net>> net =
      Net::Create(*parameter, options);
  EXPECT_OK(net);
  MoveOffZero(&(*net)->parameters());
  FillInputs(net->get());
  (*net)->Forward({5, 0});
  (*net)->Backward({5, 0}, GradMode::kWrite);
  result.loss = (*net)->Loss();
  for (const Parameter& p : (*net)->parameters().parameters()) {
    if (!p.is_learned()) continue;
    result.gradients[p.name] =
        std::vector<float>(p.gradient, p.gradient + p.shape.num_elements());
  }
  result.planned_bytes = (*net)->memory().plan.total_bytes;
  return result;
}

TEST(DenseNet40PassesTest, KeepEveryGradientAndSaveMemory) {
  const Result plain = RunStep({});
  const Result fused = RunStep(AllPasses());
  EXPECT_NEAR(fused.loss, plain.loss, 1e-5 * plain.loss);
  // 39 convolutions, 39 batch norms of two, weight and bias of fc.
  ASSERT_EQ(plain.gradients.size(), 39u + 2 * 39 + 2);
  ASSERT_EQ(fused.gradients.size(), plain.gradients.size());
  for (const auto& [name, gradient] : plain.gradients) {
    EXPECT_GT(Norm(gradient), 0) << name;
    EXPECT_GT(Norm(fused.gradients.at(name)), 0) << name;
    EXPECT_LT(RelativeError(fused.gradients.at(name), gradient), 1e-4) << name;
  }
  EXPECT_LT(fused.planned_bytes, 0.2 * plain.planned_bytes);
}

}  // namespace
}  // namespace tamp
