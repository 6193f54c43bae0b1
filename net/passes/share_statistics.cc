#include <map>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "net/passes/chain.h"
#include "net/passes/passes.h"

namespace tamp {
namespace {

bool TrainsOnBatchStatistics(const Node& node) {
  const BatchNormParameter& batch_norm = node.parameter.batch_norm_param();
  return node.parameter.type() == "BatchNorm" && batch_norm.scale_bias() &&
         !batch_norm.use_global_stats() && IsOrdinary(node.parameter);
}

// The outermost value that the value lies in.
int RootOf(const Graph& graph, int value) {
  while (graph.values[value].placement.value >= 0) {
    value = graph.values[value].placement.value;
  }
  return value;
}

bool IsMadeByElidedConcat(const Graph& graph, int value) {
  return graph.nodes[graph.values[value].producer].is_elided;
}

// Whether everything that reads these values is a batch norm that may share,
// and there is one; all must have one eps, which is returned.
bool CanShare(const Graph& graph, const std::vector<int>& members, float* eps) {
  bool has_norm = false;
  for (const int member : members) {
    const Node& producer = graph.nodes[graph.values[member].producer];
    // A value that is part of the objective itself has a raw gradient too.
    if (producer.plan.outputs_are_external || !IsOrdinary(producer.parameter)) {
      return false;
    }
    for (const int c : graph.Consumers(member)) {
      const Node& consumer = graph.nodes[c];
      if (consumer.is_elided) continue;
      if (!TrainsOnBatchStatistics(consumer)) return false;
      const float consumer_eps = consumer.parameter.batch_norm_param().eps();
      if (has_norm && consumer_eps != *eps) return false;
      *eps = consumer_eps;
      has_norm = true;
    }
  }
  return has_norm;
}

// Rewrites the groups that can share.
class Sharing {
 public:
  explicit Sharing(Graph* graph)
      : graph_(*graph),
        statistics_(graph->values.size(), -1),
        eps_(graph->values.size(), 0) {}

  int Run() {
    if (!MarkGroups()) return 0;
    std::vector<Node> nodes;
    for (Node& node : graph_.nodes) {
      if (node.is_elided) {
        AddElidedConcat(std::move(node), &nodes);
      } else {
        AddWorkingNode(std::move(node), &nodes);
      }
    }
    graph_.ReplaceNodes(std::move(nodes));
    return shared_;
  }

 private:
  // Gives every value of a sharing group a value for its statistics.
  bool MarkGroups() {
    std::map<int, std::vector<int>> groups;  // by root
    const int size = static_cast<int>(graph_.values.size());
    for (int v = 0; v < size; ++v) {
      if (graph_.values[v].producer < 0) continue;
      groups[RootOf(graph_, v)].push_back(v);
    }
    bool any = false;
    for (const auto& [root, members] : groups) {
      float eps = 0;
      if (!CanShare(graph_, members, &eps)) continue;
      any = true;
      for (const int member : members) {
        const Value& value = graph_.values[member];
        const int64_t channels = value.shape.channels();
        statistics_[member] = graph_.AddValue(
            absl::StrCat(value.name, "/statistics"), {1, channels, 2});
        eps_[member] = eps;
      }
    }
    return any;
  }

  bool Shares(int value) const {
    return value < static_cast<int>(statistics_.size()) &&
           statistics_[value] >= 0;
  }

  // The statistics of a dense block lie side by side as its channels do.
  void AddElidedConcat(Node node, std::vector<Node>* nodes) {
    const int output = node.outputs[0];
    if (Shares(output)) {
      Node concat;
      concat.parameter.set_name(
          absl::StrCat(node.parameter.name(), "/statistics"));
      concat.parameter.set_type("Concat");
      concat.is_elided = true;
      int64_t offset = 0;
      for (int& input : node.inputs) {
        const int statistics = statistics_[input];
        graph_.values[statistics].placement = {statistics_[output], offset};
        offset += graph_.values[input].shape.channels();
        concat.inputs.push_back(statistics);
        concat.parameter.add_bottom(graph_.values[statistics].name);
        if (!IsMadeByElidedConcat(graph_, input)) input = normalized_.at(input);
      }
      concat.outputs = {statistics_[output]};
      concat.parameter.add_top(graph_.values[statistics_[output]].name);
      nodes->push_back(std::move(node));
      nodes->push_back(std::move(concat));
      return;
    }
    nodes->push_back(std::move(node));
  }

  void AddWorkingNode(Node node, std::vector<Node>* nodes) {
    if (!node.inputs.empty() && Shares(node.inputs[0])) Apply(&node);
    const std::vector<int> outputs = node.outputs;
    nodes->push_back(std::move(node));
    for (const int output : outputs) {
      if (Shares(output)) nodes->push_back(MakeStatistics(output));
    }
  }

  void Apply(Node* node) {
    const int input = node->inputs[0];
    const auto it = normalized_.find(input);
    node->inputs = {it == normalized_.end() ? input : it->second,
                    statistics_[input]};
    node->parameter.set_type("BatchNormApply");
    node->parameter.clear_bottom();
    for (const int value : node->inputs) {
      node->parameter.add_bottom(graph_.values[value].name);
    }
    node->layer = nullptr;
    ++shared_;
  }

  // The node that makes the statistics of a value, and takes its place.
  Node MakeStatistics(int value) {
    const Value original = graph_.values[value];
    const int normalized = graph_.AddValue(original.name, original.shape);
    graph_.values[normalized].placement = original.placement;
    graph_.values[value].placement = {};
    normalized_[value] = normalized;
    Node node;
    node.parameter.set_name(absl::StrCat(original.name, "/statistics"));
    node.parameter.set_type("BatchNormStatistics");
    node.parameter.add_bottom(original.name);
    node.parameter.add_top(original.name);
    node.parameter.add_top(graph_.values[statistics_[value]].name);
    node.parameter.mutable_batch_norm_param()->set_eps(eps_[value]);
    node.inputs = {value};
    node.outputs = {normalized, statistics_[value]};
    return node;
  }

  Graph& graph_;
  std::vector<int> statistics_;    // per old value: its statistics, or -1
  std::vector<float> eps_;         // per old value
  std::map<int, int> normalized_;  // old value -> the one with statistics
  int shared_ = 0;
};

}  // namespace

int ShareStatistics(Graph* graph) {
  if (graph->phase != TRAIN) return 0;
  return Sharing(graph).Run();
}

}  // namespace tamp
