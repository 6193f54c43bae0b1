#include "net/memory/recomputation.h"

#include <algorithm>

namespace tamp {
namespace {

// Values in each storage, by the order of their producers.
std::vector<std::vector<int>> ValuesByStorage(const Graph& graph,
                                              const SharedStorages& data) {
  std::vector<std::vector<int>> values(data.storages.size());
  for (const Node& node : graph.nodes) {
    for (const int output : node.outputs) {
      values[data.regions[output].storage].push_back(output);
    }
  }
  return values;
}

class RecomputableFinder {
 public:
  RecomputableFinder(const Graph& graph, const SharedStorages& data)
      : graph_(graph), data_(data), values_(ValuesByStorage(graph, data)) {}

  bool CanBeMadeAgain(int storage) const {
    const std::vector<int>& values = values_[storage];
    return !values.empty() &&
           std::all_of(values.begin(), values.end(), [&](int value) {
             return CanBeMadeAgain(storage, graph_.values[value]);
           });
  }

  Recomputable Describe(int storage) const {
    Recomputable result;
    result.storage = storage;
    for (const int value : values_[storage]) {
      const int producer = graph_.values[value].producer;
      result.nodes.push_back(producer);
      result.multiply_adds += graph_.nodes[producer].plan.forward_multiply_adds;
    }
    result.bytes =
        data_.storages[storage].num_floats() * int64_t{sizeof(float)};
    result.unused = data_.uses[storage].between();
    return result;
  }

 private:
  bool CanBeMadeAgain(int storage, const Value& value) const {
    const Node& producer = graph_.nodes[value.producer];
    return value.shape == data_.storages[storage].shape &&
           value.output_index == 0 && !producer.is_elided &&
           !producer.plan.outputs_are_external && !producer.plan.is_loss &&
           !producer.inputs.empty() &&
           std::all_of(producer.inputs.begin(), producer.inputs.end(),
                       [&](int input) { return IsThere(storage, input); }) &&
           std::none_of(producer.outputs.begin() + 1, producer.outputs.end(),
                        [&](int output) { return IsOverwritten(output); });
  }

  // Inputs that lie in the storage itself are made again, too.
  bool IsThere(int storage, int input) const {
    return data_.regions[input].storage == storage || !IsOverwritten(input);
  }

  // Whether a later layer writes over the value.
  bool IsOverwritten(int value) const {
    const std::vector<int>& values = values_[data_.regions[value].storage];
    return std::any_of(values.begin(), values.end(), [&](int other) {
      const int writer = graph_.values[other].producer;
      return writer > graph_.values[value].producer &&
             !graph_.nodes[writer].is_elided && Overlap(value, other);
    });
  }

  bool Overlap(int a, int b) const {
    const int64_t a_begin = data_.regions[a].channel_offset;
    const int64_t b_begin = data_.regions[b].channel_offset;
    return a_begin < b_begin + graph_.values[b].shape.channels() &&
           b_begin < a_begin + graph_.values[a].shape.channels();
  }

  const Graph& graph_;
  const SharedStorages& data_;
  const std::vector<std::vector<int>> values_;  // per storage
};

}  // namespace

std::vector<Recomputable> FindRecomputable(const Graph& graph,
                                           const SharedStorages& data) {
  std::vector<Recomputable> found;
  const RecomputableFinder finder(graph, data);
  for (size_t s = 0; s < data.storages.size(); ++s) {
    if (data.uses[s].between().is_empty()) continue;
    const int storage = static_cast<int>(s);
    if (finder.CanBeMadeAgain(storage)) {
      found.push_back(finder.Describe(storage));
    }
  }
  return found;
}

RecomputationSchedule ScheduleRecomputation(
    const Graph& graph, const SharedStorages& data,
    const std::vector<Recomputable>& recomputable,
    const std::vector<bool>& is_recomputed) {
  const Clock clock(graph);
  RecomputationSchedule schedule;
  for (const Uses& uses : data.uses) schedule.first.push_back(uses.whole());
  schedule.second.resize(data.storages.size());
  schedule.before_backward.resize(graph.nodes.size());
  std::vector<const Recomputable*> chosen;
  for (size_t i = 0; i < recomputable.size(); ++i) {
    if (!is_recomputed[i]) continue;
    const int storage = recomputable[i].storage;
    schedule.first[storage] = data.uses[storage].forward;
    schedule.second[storage] = data.uses[storage].backward;
    chosen.push_back(&recomputable[i]);
  }
  // Those made last come first: what they read is needed when they are made
  // again, so that its own time is known when its turn comes.
  std::sort(chosen.begin(), chosen.end(),
            [](const Recomputable* a, const Recomputable* b) {
              return a->nodes.front() > b->nodes.front();
            });
  const auto use = [&](int value, int step) {
    const int storage = data.regions[value].storage;
    Life& second = schedule.second[storage];
    (second.is_empty() ? schedule.first[storage] : second).Include(step);
  };
  for (const Recomputable* r : chosen) {
    const int step = schedule.second[r->storage].first;
    std::vector<int>& before = schedule.before_backward[clock.node(step)];
    for (const int n : r->nodes) {
      before.push_back(n);
      for (const int input : graph.nodes[n].inputs) use(input, step);
      for (const int output : graph.nodes[n].outputs) use(output, step);
    }
  }
  for (std::vector<int>& nodes : schedule.before_backward) {
    std::sort(nodes.begin(), nodes.end());
  }
  return schedule;
}

}  // namespace tamp
