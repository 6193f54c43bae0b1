#include "net/report/summary.h"

#include <numeric>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "net/backend.h"
#include "proto/text_format.h"
#include "tests/util/status_matchers.h"
#include "tests/util/test_backend.h"

namespace tamp {
namespace {

using testing::ElementsAre;

constexpr char kNet[] = R"(
  name: "two_branches"
  layer { name: "data" type: "Input" top: "data"
          input_param { shape { dim: 2 dim: 3 dim: 8 dim: 8 } } }
  layer { name: "label" type: "Input" top: "label"
          input_param { shape { dim: 2 } } }
  layer { name: "a" type: "Convolution" bottom: "data" top: "a"
          param { name: "shared" }
          convolution_param { num_output: 4 kernel_size: 3 pad: 1
                              bias_term: false } }
  layer { name: "b" type: "Convolution" bottom: "data" top: "b"
          param { name: "shared" }
          convolution_param { num_output: 4 kernel_size: 3 pad: 1
                              bias_term: false } }
  layer { name: "cat" type: "Concat" bottom: "a" bottom: "b" top: "cat" }
  layer { name: "fc" type: "InnerProduct" bottom: "cat" top: "fc"
          inner_product_param { num_output: 10 } }
  layer { name: "loss" type: "SoftmaxWithLoss" bottom: "fc" bottom: "label"
          top: "loss" })";

NetSummary SummarizeText(const char* text, Phase phase,
                         int64_t memory_budget = 0) {
  const Backend backend = TestBackend();
  NetOptions options;
  options.backend = backend;
  options.phase = phase;
  options.memory_budget = memory_budget;
  ParameterStore parameters;
  absl::StatusOr<NetParameter> net = ParseNetText(text, "net.prototxt");
  EXPECT_OK(net);
  absl::StatusOr<PlannedNet> planned = PlanNet(*net, options, &parameters);
  EXPECT_OK(planned);
  // Planning gives no memory to parameters.
  for (const Parameter& parameter : parameters.parameters()) {
    EXPECT_EQ(parameter.data, nullptr);
  }
  return Summarize(*planned, phase, parameters);
}

TEST(SummaryTest, CountsLayersByHand) {
  const NetSummary summary = SummarizeText(kNet, TRAIN);
  EXPECT_EQ(summary.name, "two_branches");
  EXPECT_EQ(summary.batch_size, 2);
  ASSERT_EQ(summary.layers.size(), 7);
  const LayerSummary& a = summary.layers[2];
  EXPECT_EQ(a.type, "FusedConvolution");
  EXPECT_THAT(a.outputs, ElementsAre(Shape{2, 4, 8, 8}));
  EXPECT_EQ(a.parameters, 4 * 3 * 9);
  EXPECT_EQ(a.multiply_adds, 2 * 4 * 3 * 9 * 64);
  // The second user of a parameter does not count it again.
  EXPECT_EQ(summary.layers[3].parameters, 0);
  EXPECT_TRUE(summary.layers[4].is_elided);
  const LayerSummary& fc = summary.layers[5];
  EXPECT_EQ(fc.parameters, 10 * 8 * 64 + 10);
  EXPECT_EQ(fc.multiply_adds, 2 * 10 * 8 * 64);
  EXPECT_EQ(summary.parameters, a.parameters + fc.parameters);
  EXPECT_EQ(summary.multiply_adds, 2 * a.multiply_adds + fc.multiply_adds);
}

TEST(SummaryTest, AddsUpMemory) {
  const NetSummary train = SummarizeText(kNet, TRAIN);
  const MemorySummary& memory = train.memory;
  EXPECT_EQ(memory.parameters, 4 * train.parameters);
  EXPECT_EQ(memory.parameter_gradients, 4 * train.parameters);
  EXPECT_EQ(memory.momentum, 4 * train.parameters);
  EXPECT_EQ(memory.num_steps, 2 * 7);
  EXPECT_EQ(memory.peak_is_backward, memory.peak_step >= 7);
  EXPECT_EQ(std::accumulate(memory.peak_by_kind.begin(),
                            memory.peak_by_kind.end(), int64_t{0}),
            memory.peak);
  EXPECT_LE(memory.peak, memory.arena);
  // The fully connected layer's input and its gradient at least.
  EXPECT_GE(memory.peak, 2 * 4 * 2 * 8 * 64);
  EXPECT_FALSE(memory.peak_layer.empty());

  const NetSummary test = SummarizeText(kNet, TEST);
  EXPECT_EQ(test.memory.parameter_gradients, 0);
  EXPECT_EQ(test.memory.momentum, 0);
  EXPECT_EQ(test.memory.num_steps, 7);
  EXPECT_FALSE(test.memory.peak_is_backward);
  EXPECT_LT(test.memory.total(), memory.total());
}

// The backbone's weight is frozen, its bias is not.
TEST(SummaryTest, CountsWhatIsFrozen) {
  const NetSummary summary = SummarizeText(R"(
    layer { name: "data" type: "Input" top: "data" top: "label"
      input_param { shape { dim: 2 dim: 3 dim: 8 dim: 8 } shape { dim: 2 } } }
    layer { name: "stem" type: "Convolution" bottom: "data" top: "stem"
      param { lr_mult: 0 } param { lr_mult: 0 }
      convolution_param { num_output: 4 kernel_size: 1 } }
    layer { name: "conv" type: "Convolution" bottom: "stem" top: "conv"
      param { lr_mult: 0 }
      convolution_param { num_output: 4 kernel_size: 1 } }
    layer { name: "fc" type: "InnerProduct" bottom: "conv" top: "fc"
      inner_product_param { num_output: 2 bias_term: false } }
    layer { name: "loss" type: "SoftmaxWithLoss" bottom: "fc" bottom: "label"
      top: "loss" })",
                                           TRAIN);
  const int64_t stem = 4 * 3 + 4, conv = 4 * 4, bias = 4, fc = 2 * 4 * 64;
  EXPECT_EQ(summary.parameters, stem + conv + bias + fc);
  EXPECT_EQ(summary.frozen_parameters, stem + conv);
  EXPECT_EQ(summary.layers[1].frozen_parameters, stem);
  EXPECT_EQ(summary.layers[2].frozen_parameters, conv);
  EXPECT_EQ(summary.layers[2].parameters, conv + bias);
  EXPECT_FALSE(summary.layers[1].runs_backward);
  EXPECT_TRUE(summary.layers[2].runs_backward);
  EXPECT_EQ(summary.memory.parameters, 4 * summary.parameters);
  EXPECT_EQ(summary.memory.parameter_gradients, 4 * (bias + fc));
  EXPECT_EQ(summary.memory.momentum, 4 * (bias + fc));
}

TEST(SummaryTest, SaysWhatIsRecomputed) {
  // Two convolutions between which a wide value lies.
  constexpr char kWide[] = R"(
    layer { name: "data" type: "Input" top: "data" top: "label"
      input_param { shape { dim: 2 dim: 3 dim: 8 dim: 8 } shape { dim: 2 } } }
    layer { name: "wide" type: "Convolution" bottom: "data" top: "wide"
      convolution_param { num_output: 64 kernel_size: 1 } }
    layer { name: "narrow" type: "Convolution" bottom: "wide" top: "narrow"
      convolution_param { num_output: 2 kernel_size: 1 } }
    layer { name: "again" type: "Convolution" bottom: "narrow" top: "again"
      convolution_param { num_output: 64 kernel_size: 1 } }
    layer { name: "fc" type: "InnerProduct" bottom: "again" top: "fc"
      inner_product_param { num_output: 2 } }
    layer { name: "loss" type: "SoftmaxWithLoss" bottom: "fc" bottom: "label"
      top: "loss" })";
  const NetSummary kept = SummarizeText(kWide, TRAIN);
  EXPECT_EQ(kept.budget.budget_bytes, 0);
  const NetSummary summary =
      SummarizeText(kWide, TRAIN, kept.memory.total() - 1);
  EXPECT_EQ(summary.budget.num_recomputed, 1);
  EXPECT_EQ(summary.budget.planned_bytes, summary.memory.total());
  EXPECT_LT(summary.memory.total(), kept.memory.total());
  for (size_t i = 0; i < summary.layers.size(); ++i) {
    EXPECT_FALSE(kept.layers[i].is_recomputed);
    EXPECT_EQ(summary.layers[i].is_recomputed,
              summary.layers[i].name == "wide");
  }
}

}  // namespace
}  // namespace tamp
