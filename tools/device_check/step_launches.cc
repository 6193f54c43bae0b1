#include "tools/device_check/step_launches.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/status_macros.h"
#include "kernels/grad_mode.h"
#include "net/graph/gradient_flow.h"
#include "net/graph/graph.h"
#include "net/memory/memory_layout.h"
#include "proto/layer.pb.h"
#include "tools/device_check/node_launches.h"

namespace tamp {
namespace {

// layers/data/data_layer.cc: from where the uploads lie.
void DataForward(NodeLaunches* node) {
  node->Copy("take batch", kFloatBytes * 2 * node->output_size());
  if (node->node().outputs.size() > 1) node->Copy("take labels", 0);
}

// layers/inner_product/inner_product_cuda.cc.
void InnerProductForward(NodeLaunches* node) {
  const int64_t x = node->input_size(), y = node->output_size();
  const int64_t w = node->parameter_size(0);
  const bool has_bias = node->node().parameters.size() > 1;
  if (has_bias) node->Kernel("bias", kFloatBytes * y);
  node->Product("matrix product",
                kFloatBytes * (x + w + (has_bias ? 2 : 1) * y),
                DevicePrecision::kFp32);
}

void InnerProductBackward(NodeLaunches* node) {
  const int64_t x = node->input_size(), y = node->output_size();
  const int64_t w = node->parameter_size(0);
  const auto& parameters = node->node().parameters;
  if (parameters[0]->learns()) {
    node->Product("matrix product", kFloatBytes * (x + y + w),
                  DevicePrecision::kFp32);
  }
  if (parameters.size() > 1 && parameters[1]->learns()) {
    node->Kernel("bias", kFloatBytes * y);
  }
  if (node->input_grad_mode() == GradMode::kSkip) return;
  node->Product("matrix product",
                kFloatBytes * (y + w + node->stored_input_grad()),
                DevicePrecision::kFp32);
}

// layers/softmax_loss/softmax_loss_cuda.cu.
void SoftmaxLossForward(NodeLaunches* node) {
  node->Kernel("loss", kFloatBytes * 2 * node->input_size());
  node->Kernel("loss", 0);
}

void SoftmaxLossBackward(NodeLaunches* node) {
  if (node->input_grad_mode() == GradMode::kSkip) return;
  node->Kernel("loss", kFloatBytes * 2 * node->input_size());
}

// layers/accuracy/accuracy_cuda.cu.
void AccuracyForward(NodeLaunches* node) {
  node->Copy("clear", 0);
  node->Kernel("accuracy", kFloatBytes * node->input_size());
  node->Kernel("accuracy", 0);
}

struct KnownLayer {
  const char* type;
  void (*forward)(NodeLaunches*);
  void (*backward)(NodeLaunches*);  // null: never runs
};

// What densenets become in training.
constexpr KnownLayer kLayers[] = {
    {"Accuracy", AccuracyForward, nullptr},
    {"Data", DataForward, nullptr},
    {"FusedConvolution", FusedConvolutionForward, FusedConvolutionBackward},
    {"FusedPooling", FusedPoolingForward, FusedPoolingBackward},
    {"InnerProduct", InnerProductForward, InnerProductBackward},
    {"SoftmaxWithLoss", SoftmaxLossForward, SoftmaxLossBackward},
};

absl::StatusOr<const KnownLayer*> FindLayer(const LayerParameter& layer) {
  // A loss that ignores a label counts the others first.
  const bool is_known = !layer.loss_param().has_ignore_label();
  for (const KnownLayer& known : kLayers) {
    if (is_known && layer.type() == known.type) return &known;
  }
  return absl::UnimplementedError(
      absl::StrCat("layer \"", layer.name(), "\": what a ", layer.type(),
                   " launches is not counted here"));
}

// Of one step, in the order of net/executor.cc.
class StepWalk {
 public:
  StepWalk(const PlannedNet& net, DevicePrecision precision)
      : net_(net), precision_(precision) {}

  void Add(Launch::Kind kind, const char* work, int64_t bytes) {
    launches_.push_back({kind, "", work, bytes});
  }

  absl::Status Forward() {
    for (int n = 0; n < num_nodes(); ++n) {
      if (net_.graph.nodes[n].is_elided) continue;
      ASSIGN_OR_RETURN(const KnownLayer* layer, LayerOf(n));
      NodeLaunches node(net_, n, precision_, &launches_);
      layer->forward(&node);
    }
    return absl::OkStatus();
  }

  absl::Status Backward() {
    SeedLosses();
    for (int n = num_nodes() - 1; n >= 0; --n) {
      const NodeLayout& layout = net_.layout.nodes[n];
      if (!layout.runs_backward) continue;
      for (const ZeroRange& range : layout.zero_before_backward) Clear(range);
      if (net_.graph.nodes[n].is_elided) continue;
      ASSIGN_OR_RETURN(const KnownLayer* layer, LayerOf(n));
      NodeLaunches node(net_, n, precision_, &launches_);
      layer->backward(&node);
    }
    return absl::OkStatus();
  }

  std::vector<Launch> launches() && { return std::move(launches_); }

 private:
  int num_nodes() const { return static_cast<int>(net_.graph.nodes.size()); }
  absl::StatusOr<const KnownLayer*> LayerOf(int n) const {
    return FindLayer(net_.graph.nodes[n].parameter);
  }

  void SeedLosses() {
    for (const Node& node : net_.graph.nodes) {
      for (size_t i = 0; i < node.outputs.size(); ++i) {
        const int value = node.outputs[i];
        if (LossWeight(node, static_cast<int>(i)) == 0 ||
            net_.layout.gradient[value].storage < 0) {
          continue;
        }
        Add(Launch::Kind::kKernel, "clear", 0);
      }
    }
  }

  void Clear(const ZeroRange& range) {
    const Shape& shape = net_.layout.gradient_storages[range.storage].shape;
    const int64_t size = shape.rank() > 1
                             ? shape.num() * range.count * shape.spatial()
                             : shape.num_elements();
    Add(Launch::Kind::kKernel, "clear", kFloatBytes * size);
  }

  const PlannedNet& net_;
  const DevicePrecision precision_;
  std::vector<Launch> launches_;
};

}  // namespace

absl::StatusOr<std::vector<Launch>> StepLaunches(
    const PlannedNet& net, const ParameterStore& parameters,
    DevicePrecision precision) {
  StepWalk walk(net, precision);
  int64_t num_learning = 0;
  for (const Parameter& parameter : parameters.parameters()) {
    // solvers/state/statistics_copy.cc.
    if (!parameter.is_learned()) {
      walk.Add(Launch::Kind::kCopy, "keep statistics", 0);
    }
    if (parameter.learns()) num_learning += parameter.shape.num_elements();
  }
  RETURN_IF_ERROR(walk.Forward());
  RETURN_IF_ERROR(walk.Backward());
  // Reads weight, gradient and momentum, writes the first and the last.
  walk.Add(Launch::Kind::kKernel, "update", kFloatBytes * 5 * num_learning);
  return std::move(walk).launches();
}

}  // namespace tamp
