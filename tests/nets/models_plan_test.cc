// Every network of net/ planned in both phases: sizes, shapes and work are what
// the publications and DESIGN say, and nothing is allocated to know it.

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "net/backend.h"
#include "net/graph/graph.h"
#include "net/graph/parameter_store.h"
#include "net/memory/memory_layout.h"
#include "net/memory/place_buffers.h"
#include "net/planned_net.h"
#include "proto/text_format.h"
#include "tests/util/status_matchers.h"
#include "tests/util/test_backend.h"

namespace tamp {
namespace {

struct Model {
  const char* name;
  int64_t num_learned;
  int64_t batch_size, num_classes;
};

constexpr Model kModels[] = {
    {"densenet40", 1261018, 64, 10},     {"densenet100", 6979642, 64, 10},
    {"densenet_bc100", 769162, 64, 10},  {"densenet_bc250", 15324406, 64, 10},
    {"densenet_bc121", 1062276, 32, 10}, {"densenet121", 7978856, 32, 1000},
    {"densenet169", 14149480, 32, 1000}, {"densenet201", 20013928, 32, 1000},
    {"densenet264", 33337704, 32, 1000}, {"densenet_fashion", 69258, 64, 10},
};

struct PlannedModel {
  ParameterStore parameters;
  PlannedNet net;
};

absl::Status PlanModel(const std::string& name, Phase phase,
                       PlannedModel* model,
                       absl::Span<const Pass> passes = AllPasses()) {
  absl::StatusOr<NetParameter> net =
      ReadNetFile(absl::StrCat("net/", name, ".prototxt"));
  if (!net.ok()) return net.status();
  const Backend backend = TestBackend();
  NetOptions options;
  options.phase = phase;
  options.backend = backend;
  options.backend.passes.assign(passes.begin(), passes.end());
  absl::StatusOr<PlannedNet> planned =
      PlanNet(*net, options, &model->parameters);
  if (!planned.ok()) return planned.status();
  model->net = *std::move(planned);
  return absl::OkStatus();
}

// The shape of the newest value of that name; a scalar if there is none.
Shape ShapeOf(const Graph& graph, const std::string& name) {
  Shape shape;
  for (const Value& value : graph.values) {
    if (value.producer >= 0 && value.name == name) shape = value.shape;
  }
  return shape;
}

class ModelsPlanTest : public testing::TestWithParam<Model> {};

TEST_P(ModelsPlanTest, HasTheSizeOfItsPublication) {
  const Model& model = GetParam();
  for (const Phase phase : {TRAIN, TEST}) {
    PlannedModel planned;
    ASSERT_OK(PlanModel(model.name, phase, &planned));
    EXPECT_EQ(planned.parameters.num_learned(), model.num_learned);
    EXPECT_EQ(planned.parameters.bytes(), 0) << "a plan allocates nothing";
    EXPECT_EQ(ShapeOf(planned.net.graph, "fc"),
              Shape({model.batch_size, model.num_classes}));
  }
}

INSTANTIATE_TEST_SUITE_P(All, ModelsPlanTest, testing::ValuesIn(kModels),
                         [](const testing::TestParamInfo<Model>& info) {
                           return std::string(info.param.name);
                         });

// Convolutions and the inner product of densenet40, counted by hand:
//   conv1     1024 x 64 x 27
//   blocks    per position and layer 12 x 9 x channels; 12 layers on 64 + 12 i,
//             208 + 12 i and 352 + 12 i channels, 1024, 256 and 64 positions
//   trans     1024 x 208^2 + 256 x 352^2
//   fc        496 x 10
TEST(ModelsPlanWorkTest, DenseNet40TakesItsMultiplyAdds) {
  int64_t expected = 1024 * 64 * 27 + 496 * 10;
  expected += int64_t{1024} * 208 * 208 + int64_t{256} * 352 * 352;
  for (const auto& [positions, channels] :
       std::vector<std::pair<int64_t, int64_t>>{
           {1024, 64}, {256, 208}, {64, 352}}) {
    for (int64_t i = 0; i < 12; ++i) {
      expected += positions * 12 * 9 * (channels + 12 * i);
    }
  }
  PlannedModel planned;
  ASSERT_OK(PlanModel("densenet40", TRAIN, &planned, {}));
  int64_t multiply_adds = 0;
  for (const Node& node : planned.net.graph.nodes) {
    multiply_adds += node.plan.forward_multiply_adds;
  }
  EXPECT_EQ(multiply_adds, 64 * expected);
  EXPECT_NEAR(expected, 375.9e6, 0.05e6);
}

// A net that only infers keeps what is alive, not a buffer for each layer: a
// block and what comes before or after it. In MiB, with 15 % for scratch memory
// and what a pooling notes down.
TEST(ModelsPlanInferenceTest, KeepsTwoBuffersAlive) {
  struct Case {
    const char* model;
    double data, before, after;
  };
  constexpr double kMiB = 4.0 / (1 << 20);  // of a float
  for (const Case& c :
       {// Blocks 1 and 2 at the transition between them.
        Case{"densenet40", 64 * 3 * 1024, 64.0 * 208 * 1024, 64.0 * 352 * 256},
        // The stem's convolution, and block 1.
        Case{"densenet_bc121", 32.0 * 3 * 224 * 224, 32.0 * 64 * 112 * 112,
             32.0 * 136 * 56 * 56}}) {
    PlannedModel planned;
    ASSERT_OK(PlanModel(c.model, TEST, &planned));
    const MemoryPlan& plan = planned.net.layout.plan;
    EXPECT_LE(kMiB / 4 * plan.total_bytes,
              1.15 * kMiB * (c.data + c.before + c.after))
        << c.model;
    EXPECT_LE(plan.total_bytes, 1.05 * plan.peak_bytes) << c.model;
    int64_t all_bytes = 0;
    for (const BufferRequest& buffer : planned.net.layout.buffers) {
      all_bytes += buffer.bytes;
    }
    EXPECT_LT(plan.total_bytes, 0.7 * all_bytes) << c.model;
  }
}

}  // namespace
}  // namespace tamp
