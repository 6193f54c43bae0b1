// The layout of memory, concat elision and the executor together, on random
// graphs of fake layers that check every number that they may read.
//
// A fake layer writes its value's number into every element of its outputs, and
// a number of its own into each input gradient. So whatever memory is shared
// wrongly, cleared too late or summed twice shows as a wrong number.

#include "net/executor.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/device/device.h"
#include "core/rng.h"
#include "gtest/gtest.h"
#include "layers/layer.h"
#include "net/backend.h"
#include "net/executor_test_oracle.h"
#include "net/graph/graph.h"
#include "net/memory/lay_out_memory.h"
#include "net/memory/memory_layout.h"
#include "net/memory/place_buffers.h"
#include "net/memory/recomputation.h"
#include "net/node_observer.h"
#include "net/passes/passes.h"
#include "tests/util/devices/attentive_device.h"
#include "tests/util/test_backend.h"

namespace tamp {
namespace {

constexpr int64_t kImages = 2, kSpatial = 3;
constexpr int64_t kSavedFloats = 7, kMaxWorkspaceFloats = 60;

// Calls function(channel, element) for each element.
template <typename T>
void ForEach(const TensorView<T>& view,
             const std::function<void(int64_t, T&)>& function) {
  for (int64_t n = 0; n < view.shape.num(); ++n) {
    for (int64_t c = 0; c < view.shape.channels(); ++c) {
      for (int64_t s = 0; s < view.shape.spatial(); ++s) {
        function(c, view.strided().at(n, c)[s]);
      }
    }
  }
}

class FakeLayer : public Layer {
 public:
  FakeLayer(const Graph* graph, const Oracle* oracle,
            const AnnouncedWork* announced, int node)
      : graph_(graph), oracle_(oracle), announced_(announced), n_(node) {}

  absl::StatusOr<LayerPlan> Plan(absl::Span<const Shape>,
                                 const PlanContext&) override {
    return LayerPlan();
  }

  void Forward(const ForwardArgs& args) override {
    const Node& node = graph_->nodes[n_];
    ExpectAnnounced(args.is_recomputation ? LayerPass::kRecomputation
                                          : LayerPass::kForward);
    for (size_t i = 0; i < node.inputs.size(); ++i) {
      ExpectContent(node.inputs[i], args.inputs[i], "forward input");
    }
    ScribbleOver(args.workspace, node.plan.forward_workspace_bytes);
    for (void* saved : args.saved) {
      std::fill_n(static_cast<float*>(saved), kSavedFloats, 5000.0f + n_);
    }
    for (size_t i = 0; i < args.counts.size(); ++i) {
      ForEach<float>(args.counts[i], [&](int64_t, float& element) {
        element = Oracle::Count(node.outputs[i]);
      });
    }
    if (node.plan.outputs_are_external) return;
    for (size_t i = 0; i < node.outputs.size(); ++i) {
      const float number = 1000.0f + node.outputs[i];
      ForEach<float>(args.outputs[i],
                     [&](int64_t, float& element) { element = number; });
    }
  }

  void PrepareNextStep() override { ExpectAnnounced(LayerPass::kForward); }

  void Backward(const BackwardArgs& args) override {
    const Node& node = graph_->nodes[n_];
    ExpectAnnounced(LayerPass::kBackward);
    if (node.plan.backward_reads_inputs) {
      for (size_t i = 0; i < node.inputs.size(); ++i) {
        ExpectContent(node.inputs[i], args.inputs[i], "backward input");
      }
    }
    for (size_t i = 0; i < node.outputs.size(); ++i) {
      const int output = node.outputs[i];
      if (node.plan.backward_reads_outputs) {
        ExpectContent(output, args.outputs[i], "backward output");
      }
      if (!oracle_->flow().has_gradient[output]) continue;
      ForEach<const float>(
          args.output_grads[i], [&](int64_t c, const float& element) {
            ASSERT_EQ(element, oracle_->Gradient(output, c))
                << "gradient of value " << output << " at node " << n_;
          });
    }
    for (void* saved : args.saved) {
      ASSERT_EQ(static_cast<float*>(saved)[kSavedFloats - 1], 5000.0f + n_);
    }
    ScribbleOver(args.workspace, node.plan.backward_workspace_bytes);
    WriteInputGradients(args);
  }

 private:
  void ExpectContent(int value, const ConstView& view, const char* what) {
    ForEach<const float>(view, [&](int64_t c, const float& element) {
      ASSERT_EQ(element, oracle_->Content(value, c))
          << what << " " << value << " of node " << n_;
    });
  }

  // Whoever is told of errors learns whose they are.
  void ExpectAnnounced(LayerPass pass) {
    ASSERT_EQ(announced_->layer, graph_->nodes[n_].parameter.name());
    ASSERT_EQ(announced_->pass, pass) << announced_->layer;
  }

  static void ScribbleOver(void* workspace, int64_t bytes) {
    std::fill_n(static_cast<char*>(workspace), bytes, 0x7f);
  }

  void WriteInputGradients(const BackwardArgs& args) {
    for (size_t i = 0; i < args.input_grads.size(); ++i) {
      const GradMode mode = args.input_grad_modes[i];
      if (mode == GradMode::kSkip) continue;
      const float number = Oracle::Contribution(n_, static_cast<int>(i));
      ForEach<float>(args.input_grads[i], [&](int64_t, float& element) {
        StoreGrad(mode, number, &element);
      });
    }
  }

  const Graph* const graph_;
  const Oracle* const oracle_;
  const AnnouncedWork* const announced_;
  const int n_;
};

// Grows a random graph: unary layers (some can work in place, some are terms of
// the objective), layers of two inputs, Concats, layers of two outputs, and
// losses.
class RandomGraph {
 public:
  explicit RandomGraph(uint64_t seed) : random_(seed), oracle_(&graph_) {
    Node* const input = AddNode("Input", {}, {Images(2), Images(3)});
    input->plan.outputs_are_external = true;
    // What stands behind a parameter has gradients.
    Node* const learning = AddUnary(0);
    learning->plan.parameters.emplace_back();
    learning->parameters.push_back(&learned_);
    const int size = 5 + static_cast<int>(random_.UniformInt(25));
    for (int i = 0; i < size; ++i) AddRandomNode();
    const int last = static_cast<int>(graph_.values.size()) - 1;
    AddLoss(last);
    AddLoss(PickValue());
    ElideConcat(&graph_);
    // Dead, as passes leave what they replace.
    graph_.values.emplace_back();
    oracle_.FindFlow();
  }

  const Graph& graph() const { return graph_; }
  const Oracle& oracle() const { return oracle_; }

  // Its layers expect their work to be announced on it.
  AttentiveDevice& device() const { return device_; }
  const AnnouncedWork& announced() const { return announced_; }

 private:
  static Shape Images(int64_t channels) {
    return {kImages, channels, kSpatial};
  }

  int PickValue() {
    return static_cast<int>(random_.UniformInt(graph_.values.size()));
  }
  bool Flip() { return random_.UniformInt(2) == 0; }

  Node* AddNode(const char* type, std::vector<int> inputs,
                const std::vector<Shape>& outputs) {
    const int n = static_cast<int>(graph_.nodes.size());
    Node node;
    node.parameter.set_name(absl::StrCat(type, n));
    node.parameter.set_type(type);
    node.inputs = std::move(inputs);
    for (const Shape& shape : outputs) {
      Value value;
      value.shape = shape;
      value.producer = n;
      value.output_index = static_cast<int>(node.outputs.size());
      node.outputs.push_back(static_cast<int>(graph_.values.size()));
      graph_.values.push_back(value);
    }
    node.plan.outputs = outputs;
    node.plan.saved_bytes = {kSavedFloats * int64_t{sizeof(float)}};
    node.plan.forward_workspace_bytes =
        random_.UniformInt(kMaxWorkspaceFloats) * sizeof(float);
    node.plan.backward_workspace_bytes =
        random_.UniformInt(kMaxWorkspaceFloats) * sizeof(float);
    node.plan.backward_reads_inputs = Flip();
    node.plan.backward_reads_outputs = Flip();
    node.layer = std::make_unique<FakeLayer>(&graph_, &oracle_, &announced_, n);
    graph_.nodes.push_back(std::move(node));
    return &graph_.nodes.back();
  }

  Node* AddUnary(int input) {
    Node* const node = AddNode("Unary", {input}, {graph_.values[input].shape});
    node->plan.can_run_in_place = Flip();
    node->plan.can_run_backward_in_place = Flip();
    if (random_.UniformInt(8) == 0) node->parameter.add_loss_weight(3);
    return node;
  }

  void AddInPlaceFork(int input) {
    Node* const node = AddNode("InPlaceFork", {input},
                               {graph_.values[input].shape, Images(5)});
    node->plan.can_run_in_place = Flip();
    node->plan.can_run_backward_in_place = Flip();
  }

  void AddConcat() {
    std::vector<int> inputs = {PickValue(), PickValue()};
    if (Flip()) inputs.push_back(PickValue());
    int64_t channels = 0;
    for (const int input : inputs) {
      if (graph_.values[input].shape.rank() != 3) return;
      channels += graph_.values[input].shape.channels();
    }
    if (channels < 100) AddNode("Concat", inputs, {Images(channels)});
  }

  void AddLoss(int input) {
    AddNode("Loss", {input, 1}, {Shape()})->plan.is_loss = true;
    graph_.nodes.back().plan.num_differentiable_inputs = 1;
    graph_.nodes.back().plan.num_mean_outputs = 1;
  }

  void AddRandomNode() {
    // Mostly the newest values, so that chains arise.
    const int value =
        Flip() ? static_cast<int>(graph_.values.size()) - 1 : PickValue();
    switch (random_.UniformInt(6)) {
      case 5:
        // One output may take the input's place, the other not.
        AddInPlaceFork(value);
        return;
      case 0:
      case 1:
        AddUnary(value);
        return;
      case 2:
        AddConcat();
        return;
      case 3:
        AddNode("Pair", {value, PickValue()}, {Images(2)});
        return;
      default:
        AddNode("Fork", {value}, {Images(1), Images(4)})
            ->plan.num_mean_outputs = 1;
    }
  }

  RandomStream random_;
  Parameter learned_;
  Graph graph_;
  Oracle oracle_;
  AnnouncedWork announced_;
  mutable AttentiveDevice device_{&announced_};
};

// Counts stay to the end of a step, those of means and no others: the last
// value is dead.
void ExpectCounts(const Graph& graph, const Executor& executor) {
  for (const Node& node : graph.nodes) {
    for (size_t i = 0; i < node.outputs.size(); ++i) {
      const View counts = executor.counts(node.outputs[i]);
      if (static_cast<int>(i) >= node.plan.num_mean_outputs) {
        ASSERT_EQ(counts.data, nullptr);
        continue;
      }
      ASSERT_EQ(counts.shape, node.plan.outputs[i]);
      ForEach<float>(counts, [&](int64_t, float& element) {
        ASSERT_EQ(element, Oracle::Count(node.outputs[i]));
      });
    }
  }
  ASSERT_EQ(executor.counts(graph.values.size() - 1).data, nullptr);
}

void ExpectContent(const RandomGraph& random, const Executor& executor,
                   int value) {
  ForEach<float>(executor.value(value), [&](int64_t c, float& element) {
    ASSERT_EQ(element, random.oracle().Content(value, c)) << "value " << value;
  });
}

// What is read after a step, terms of the objective and what no layer reads, is
// still there: nothing that runs later writes over it.
void ExpectReadable(const RandomGraph& random, const Executor& executor) {
  const Graph& graph = random.graph();
  for (size_t v = 0; v < graph.values.size(); ++v) {
    const int value = static_cast<int>(v);
    if (graph.values[v].producer < 0) continue;
    if (!IsInObjective(graph, value) && !graph.Consumers(value).empty()) {
      continue;
    }
    ExpectContent(random, executor, value);
  }
}

// Is told of each node once, in order, when its outputs have been written.
class OrderObserver : public NodeObserver {
 public:
  OrderObserver(const RandomGraph& random, const Executor& executor)
      : random_(random), executor_(executor) {}

  void AfterForward(int node) override {
    ASSERT_EQ(node, num_done_++);
    for (const int output : random_.graph().nodes[node].outputs) {
      ExpectContent(random_, executor_, output);
    }
  }
  void AfterBackward(int node) override { ASSERT_EQ(node, --num_done_); }

  int num_done() const { return num_done_; }

 private:
  const RandomGraph& random_;
  const Executor& executor_;
  int num_done_ = 0;  // forward and not backward
};

// With a plan.
void RunSteps(const RandomGraph& random, const MemoryLayout& layout,
              bool with_backward) {
  const Graph& graph = random.graph();
  const int64_t floats = layout.plan.total_bytes / int64_t{sizeof(float)};
  std::vector<float> arena(floats, -1.0f);
  Executor executor(graph, layout, &random.device(), arena.data());
  for (const int output : graph.nodes[0].outputs) {
    ForEach<float>(executor.value(output), [&](int64_t, float& element) {
      element = 1000.0f + output;
    });
  }
  for (int step = 0; step < 2; ++step) {
    OrderObserver observer(random, executor);
    executor.Forward({}, &observer);
    ASSERT_EQ(observer.num_done(), graph.nodes.size());
    ASSERT_EQ(random.announced().layer, "");
    ExpectCounts(graph, executor);
    ExpectReadable(random, executor);
    if (!with_backward) continue;
    executor.Backward({}, GradMode::kWrite, &observer);
    executor.PrepareNextStep();
    ASSERT_EQ(observer.num_done(), 0);
    ASSERT_EQ(random.announced().layer, "");
    ExpectCounts(graph, executor);
    ExpectReadable(random, executor);
  }
}

LayoutOptions Options(bool with_backward, bool keep_all_values) {
  return {with_backward, keep_all_values,
          TestBackend().device->memory_traits()};
}

void RunSteps(const RandomGraph& random, const LayoutOptions& options) {
  RunSteps(random, LayOutMemory(random.graph(), options),
           options.with_backward);
}

TEST(ExecutorTest, RandomGraphsSeeTheRightNumbers) {
  int elided = 0;
  for (uint64_t seed = 0; seed < 300; ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    const RandomGraph random(seed);
    for (const Node& node : random.graph().nodes) elided += node.is_elided;
    RunSteps(random, Options(true, false));
    RunSteps(random, Options(false, false));
    RunSteps(random, Options(true, true));
    if (testing::Test::HasFatalFailure()) return;
  }
  EXPECT_GT(elided, 100) << "the graphs no longer try elision";
}

TEST(ExecutorTest, RecomputedValuesAreTheRightNumbers) {
  int recomputed = 0, chains = 0;
  for (uint64_t seed = 0; seed < 300; ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    const RandomGraph random(seed);
    const LayoutOptions options = Options(true, false);
    const LayoutMaker maker(random.graph(), options);
    RandomStream choices(seed);
    for (int round = 0; round < 4; ++round) {
      std::vector<bool> chosen;
      for (const Recomputable& r : maker.recomputable()) {
        // All of them, then some.
        chosen.push_back(round == 0 || choices.UniformInt(2) == 0);
        recomputed += chosen.back();
        chains += chosen.back() && r.nodes.size() > 1;
      }
      MemoryLayout layout = maker.LayOut(chosen);
      layout.plan = PlaceBuffers(layout.buffers, options.memory);
      RunSteps(random, layout, /*with_backward=*/true);
      if (testing::Test::HasFatalFailure()) return;
    }
  }
  EXPECT_GT(recomputed, 1000) << "the graphs no longer try recomputation";
  EXPECT_GT(chains, 20) << "nor that of layers that work in place";
}

TEST(ExecutorTest, LossIsTheWeightedSum) {
  const RandomGraph random(2);
  const MemoryLayout layout = LayOutMemory(random.graph(), Options(true, true));
  std::vector<float> arena(layout.plan.total_bytes / sizeof(float));
  const Backend backend = TestBackend();
  Executor executor(random.graph(), layout, backend.device.get(), arena.data());
  double expected = 0;
  int inner = 0;
  for (const Node& node : random.graph().nodes) {
    const float weight = LossWeight(node, 0);
    if (weight == 0) continue;
    inner += !node.plan.is_loss;
    executor.value(node.outputs[0]).data[0] = 3;
    expected += 3 * weight;
  }
  EXPECT_EQ(executor.Loss(), expected);
  // Two losses, and maps of weight 3.
  EXPECT_EQ(expected, 3 * (2 + 3 * inner));
  EXPECT_GT(inner, 0);
  const int images = random.graph().nodes[0].outputs[0];
  ForEach<float>(executor.value(images),
                 [](int64_t c, float& element) { element = 1.0f + c; });
  EXPECT_EQ(executor.Sum(images), kImages * kSpatial * (1 + 2));
}

}  // namespace
}  // namespace tamp
