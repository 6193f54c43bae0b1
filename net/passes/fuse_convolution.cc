#include <utility>

#include "net/passes/chain.h"
#include "net/passes/convolution_geometry.h"
#include "net/passes/passes.h"

namespace tamp {
namespace {

// The nodes of a chain, by number; -1 where the chain has none of the kind.
struct Chain {
  int norm = -1, relu = -1, pooling = -1;
  int convolution = -1;
  int dropout = -1, statistics = -1;
  int output_norm = -1, output_relu = -1;  // in nets for testing
};

void FindInputSide(const Graph& graph, int kernel, Chain* chain) {
  int next = chain->convolution;
  const int pooling = OnlyProducer(graph, next, "Pooling");
  if (pooling >= 0 && kernel == 1 &&
      AveragesPairs(graph.nodes[pooling].parameter.pooling_param(),
                    graph.values[graph.nodes[pooling].inputs[0]].shape)) {
    next = pooling;
  }
  const NormAndRelu found = FindNormAndRelu(graph, next);
  if (found.norm < 0) return;
  chain->norm = found.norm;
  chain->relu = found.relu;
  if (next == pooling) chain->pooling = pooling;
}

// Whether the node convolves the net's own images, which want no gradient.
bool ConvolvesImages(const Graph& graph, const Node& node) {
  constexpr int64_t kMaxChannels = 4;  // of an image; more is slow to gather
  const Value& input = graph.values[node.inputs[0]];
  return graph.nodes[input.producer].inputs.empty() && !graph.force_backward &&
         input.shape.rank() == 4 && input.shape.channels() <= kMaxChannels &&
         IsPlainSquare(node.parameter.convolution_param());
}

void FindOutputSide(const Graph& graph, Chain* chain) {
  int last = chain->convolution;
  const int dropout = OnlyConsumer(graph, last, "Dropout");
  if (dropout >= 0) {
    const bool is_identity =
        graph.nodes[dropout].parameter.dropout_param().scale_train();
    if (graph.phase == TEST && !is_identity) return;
    chain->dropout = last = dropout;
  }
  chain->statistics = OnlyConsumer(graph, last, "BatchNormStatistics");
  if (graph.phase == TRAIN) return;
  const int norm = OnlyConsumer(graph, last, "BatchNorm");
  if (norm < 0 || !IsFixedNorm(graph.nodes[norm])) return;
  chain->output_norm = norm;
  const int relu = OnlyConsumer(graph, norm, "ReLU");
  if (relu >= 0 && IsRectifier(graph.nodes[relu])) chain->output_relu = relu;
}

// Moves what the chain's nodes hold into its convolution's node.
class Fusion {
 public:
  Fusion(const Chain& chain, Graph* graph)
      : chain_(chain),
        graph_(*graph),
        fused_(graph->nodes[chain.convolution]),
        options_(*parameter_.mutable_fused_convolution_param()) {}

  void Run() {
    parameter_.set_name(fused_.parameter.name());
    parameter_.set_type("FusedConvolution");
    parameter_.set_location(fused_.parameter.location());
    *options_.mutable_convolution() = fused_.parameter.convolution_param();
    TakeInputSide();
    TakeOutputSide();
    for (const int v : fused_.inputs) parameter_.add_bottom(NameOf(v));
    for (const int v : fused_.outputs) parameter_.add_top(NameOf(v));
    fused_.parameter = std::move(parameter_);
    fused_.layer = nullptr;
  }

 private:
  const std::string& NameOf(int value) const {
    return graph_.values[value].name;
  }

  void Empty(int node) {
    if (node < 0) return;
    graph_.nodes[node].inputs.clear();
    graph_.nodes[node].outputs.clear();
  }

  void TakeInputSide() {
    if (chain_.norm < 0) return;
    Node& norm = graph_.nodes[chain_.norm];
    fused_.inputs = norm.inputs;
    *options_.mutable_batch_norm() = norm.parameter.batch_norm_param();
    fused_.parameters.insert(fused_.parameters.end(), norm.parameters.begin(),
                             norm.parameters.end());
    if (chain_.pooling >= 0) options_.set_pools(true);
    Empty(chain_.norm);
    Empty(chain_.relu);
    Empty(chain_.pooling);
  }

  void TakeOutputSide() {
    if (chain_.dropout >= 0) {
      const Node& dropout = graph_.nodes[chain_.dropout];
      options_.set_dropout_name(dropout.parameter.name());
      *options_.mutable_dropout() = dropout.parameter.dropout_param();
      fused_.outputs = dropout.outputs;
      Empty(chain_.dropout);
    }
    if (chain_.statistics >= 0) {
      const Node& statistics = graph_.nodes[chain_.statistics];
      options_.set_statistics_eps(
          statistics.parameter.batch_norm_param().eps());
      fused_.outputs = statistics.outputs;
      Empty(chain_.statistics);
    }
    TakeOutputNorm();
  }

  void TakeOutputNorm() {
    if (chain_.output_norm < 0) return;
    const Node& norm = graph_.nodes[chain_.output_norm];
    *options_.mutable_output_norm() = norm.parameter.batch_norm_param();
    fused_.parameters.insert(fused_.parameters.end(), norm.parameters.begin(),
                             norm.parameters.end());
    fused_.outputs = norm.outputs;
    if (chain_.output_relu >= 0) {
      options_.set_rectifies_output(true);
      fused_.outputs = graph_.nodes[chain_.output_relu].outputs;
    }
    Empty(chain_.output_norm);
    Empty(chain_.output_relu);
  }

  const Chain& chain_;
  Graph& graph_;
  Node& fused_;
  LayerParameter parameter_;
  FusedConvolutionParameter& options_;
};

}  // namespace

int FuseConvolution(Graph* graph) {
  int fused = 0;
  for (size_t n = 0; n < graph->nodes.size(); ++n) {
    const Node& node = graph->nodes[n];
    if (!IsOrdinaryOf(node, "Convolution") || node.outputs.empty()) {
      continue;
    }
    const int kernel = SizeKeepingKernel(node.parameter.convolution_param());
    if (kernel == 0 && !ConvolvesImages(*graph, node)) continue;
    Chain chain;
    chain.convolution = static_cast<int>(n);
    if (kernel != 0) FindInputSide(*graph, kernel, &chain);
    FindOutputSide(*graph, &chain);
    Fusion(chain, graph).Run();
    ++fused;
  }
  graph->ReplaceNodes(std::move(graph->nodes));
  return fused;
}

}  // namespace tamp
