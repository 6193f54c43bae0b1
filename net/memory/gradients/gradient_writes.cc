#include "net/memory/gradients/gradient_writes.h"

#include <cstdint>

#include "core/threads/tiles.h"
#include "net/memory/gradients/channel_ranges.h"

namespace tamp {
namespace {

class BackwardReplay {
 public:
  BackwardReplay(const Graph& graph, const GradientFlow& flow,
                 SharedStorages* gradients)
      : graph_(graph), flow_(flow), clock_(graph), gradients_(*gradients) {
    written_.resize(gradients_.storages.size());
  }

  // Losses start with their weights before the last node runs.
  void SeedLosses() {
    const int start =
        clock_.backward(static_cast<int>(graph_.nodes.size()) - 1);
    for (const Node& node : graph_.nodes) {
      for (size_t i = 0; i < node.outputs.size(); ++i) {
        const int output = node.outputs[i];
        if (LossWeight(node, i) == 0 || !flow_.has_gradient[output]) continue;
        MarkWritten(output);
        LifeOf(output).Include(start);
      }
    }
  }

  NodeLayout Replay(int n) {
    const Node& node = graph_.nodes[n];
    NodeLayout layout;
    layout.runs_backward = flow_.runs_backward[n] && !node.is_elided;
    layout.input_grad_modes.assign(node.inputs.size(), GradMode::kSkip);
    if (!layout.runs_backward) return layout;
    for (const int output : node.outputs) {
      if (!flow_.has_gradient[output]) continue;
      ClearUnwritten(output, &layout);
      LifeOf(output).Include(clock_.backward(n));
    }
    for (size_t i = 0; i < node.inputs.size(); ++i) {
      if (!flow_.has_gradient[node.inputs[i]] || !IsDifferentiable(node, i)) {
        continue;
      }
      layout.input_grad_modes[i] = ModeOf(node, i, &layout);
      LifeOf(node.inputs[i]).Include(clock_.backward(n));
    }
    return layout;
  }

 private:
  GradMode ModeOf(const Node& node, size_t i, NodeLayout* layout) {
    const int input = node.inputs[i];
    const bool in_place =
        gradients_.regions[input] == gradients_.regions[node.outputs[0]];
    if (in_place || IsUnwritten(input)) {
      MarkWritten(input);
      return GradMode::kWrite;
    }
    ClearUnwritten(input, layout);
    return GradMode::kAdd;
  }

  Life& LifeOf(int value) {
    return gradients_.uses[gradients_.regions[value].storage].backward;
  }

  Range ChannelsOf(int value) const {
    const int64_t begin = gradients_.regions[value].channel_offset;
    return {begin, begin + graph_.values[value].shape.channels()};
  }
  ChannelRanges& written(int value) {
    return written_[gradients_.regions[value].storage];
  }

  bool IsUnwritten(int value) {
    const Range channels = ChannelsOf(value);
    const std::vector<Range> missing = written(value).Missing(channels);
    return missing.size() == 1 && missing[0].size() == channels.size();
  }

  void MarkWritten(int value) { written(value).Add(ChannelsOf(value)); }

  // Has the channels that were not written cleared before the node.
  void ClearUnwritten(int value, NodeLayout* layout) {
    for (const Range& range : written(value).Missing(ChannelsOf(value))) {
      layout->zero_before_backward.push_back(
          {gradients_.regions[value].storage, range.begin, range.size()});
    }
    MarkWritten(value);
  }

  const Graph& graph_;
  const GradientFlow& flow_;
  const Clock clock_;
  SharedStorages& gradients_;
  std::vector<ChannelRanges> written_;  // of each storage
};

}  // namespace

std::vector<NodeLayout> PlanGradientWrites(const Graph& graph,
                                           const GradientFlow& flow,
                                           const LayoutOptions& options,
                                           SharedStorages* gradients) {
  std::vector<NodeLayout> layouts(graph.nodes.size());
  BackwardReplay replay(graph, flow, gradients);
  replay.SeedLosses();
  for (int n = static_cast<int>(graph.nodes.size()) - 1; n >= 0; --n) {
    layouts[n] = replay.Replay(n);
  }
  const Clock clock(graph);
  for (size_t v = 0; v < graph.values.size(); ++v) {
    if (!flow.has_gradient[v]) continue;
    const bool is_input =
        graph.nodes[graph.values[v].producer].plan.outputs_are_external;
    if (!options.keep_all_values && !is_input) continue;
    gradients->uses[gradients->regions[v].storage].backward.Include(
        clock.end());
  }
  return layouts;
}

}  // namespace tamp
