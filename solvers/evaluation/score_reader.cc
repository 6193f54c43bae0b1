#include "solvers/evaluation/score_reader.h"

#include <algorithm>
#include <utility>

#include "layers/tensor_copy.h"
#include "net/graph/gradient_flow.h"
#include "net/graph/graph.h"

namespace tamp {
namespace {

// Whether the value grows with the batch.
bool IsSum(const Graph& graph, int value) {
  const Value& v = graph.values[value];
  return v.shape.rank() > 0 || graph.nodes[v.producer].plan.is_loss;
}

bool IsScore(const Net& net, int value, const View& counts) {
  const Graph& graph = net.graph();
  if (graph.values[value].producer < 0) return false;
  if (IsInObjective(graph, value)) return true;
  return graph.Consumers(value).empty() &&
         (counts.data != nullptr || graph.values[value].shape.rank() == 0);
}

Score Describe(const Graph& graph, int value, const View& counts) {
  const Value& v = graph.values[value];
  const Node& producer = graph.nodes[v.producer];
  Score score;
  score.name = v.name;
  score.size = counts.data != nullptr ? v.shape.num_elements() : 1;
  score.loss_weight = LossWeight(producer, v.output_index);
  score.is_output = graph.Consumers(value).empty();
  score.is_accuracy =
      producer.parameter.type() == "Accuracy" && v.output_index == 0;
  return score;
}

}  // namespace

ScoreReader::ScoreReader(Net* net, Device* device, int64_t batch_size,
                         int64_t full_batch_size)
    : net_(net), device_(device), batch_size_(batch_size) {
  const Graph& graph = net->graph();
  const double to_full = static_cast<double>(full_batch_size) / batch_size_;
  std::vector<Score> scores;
  for (int v = 0; v < static_cast<int>(graph.values.size()); ++v) {
    const View counts = net->counts(v);
    if (!IsScore(*net, v, counts)) continue;
    scores.push_back(Describe(graph, v, counts));
    sources_.push_back({v, IsSum(graph, v) ? to_full : 1});
    host_.resize(std::max<size_t>(host_.size(), scores.back().size));
  }
  counts_.resize(host_.size());
  table_ = ScoreTable(std::move(scores));
}

void ScoreReader::AddBatch(absl::Span<CountedMean> means) {
  auto mean = means.begin();
  for (size_t s = 0; s < sources_.size(); ++s) {
    const Source& source = sources_[s];
    const View counts = net_->counts(source.value);
    if (counts.data == nullptr) {
      mean->Add(source.factor * net_->Sum(source.value), batch_size_);
      ++mean;
      continue;
    }
    const size_t size = table_.scores()[s].size;
    CopyToHost(net_->value(source.value), device_,
               absl::MakeSpan(host_.data(), size));
    CopyToHost(counts, device_, absl::MakeSpan(counts_.data(), size));
    for (size_t i = 0; i < size; ++i, ++mean) {
      // What counts nothing may hold anything.
      if (counts_[i] > 0) mean->Add(host_[i], counts_[i]);
    }
  }
}

}  // namespace tamp
