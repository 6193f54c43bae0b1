#include "net/report/pass_effects.h"

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "core/status_macros.h"
#include "net/graph/parameter_store.h"

namespace tamp {
namespace {

PassEffect EffectOf(const PlannedNet& net) {
  PassEffect effect;
  if (!net.passes.empty()) {
    effect.pass = net.passes.back().name;
    effect.rewrites = net.passes.back().rewrites;
  }
  for (const Node& node : net.graph.nodes) {
    if (node.is_elided) continue;
    ++effect.layers[node.parameter.type()];
    effect.multiply_adds += node.plan.forward_multiply_adds;
  }
  effect.arena_bytes = net.layout.plan.total_bytes;
  return effect;
}

}  // namespace

absl::StatusOr<std::vector<PassEffect>> FindPassEffects(
    const NetParameter& parameter, const NetOptions& options) {
  std::vector<PassEffect> effects;
  for (size_t count = 0; count <= options.backend.passes.size(); ++count) {
    ParameterStore parameters;
    NetOptions partial = options;
    partial.backend.passes.resize(count);
    partial.memory_budget = 0;
    ASSIGN_OR_RETURN(const PlannedNet net,
                     PlanNet(parameter, partial, &parameters));
    effects.push_back(EffectOf(net));
  }
  return effects;
}

std::string DescribeChanges(const PassEffect& before, const PassEffect& after) {
  std::map<std::string, int> changes = after.layers;
  for (const auto& [type, count] : before.layers) changes[type] -= count;
  std::vector<std::string> texts;
  for (const auto& [type, change] : changes) {
    if (change != 0) texts.push_back(absl::StrFormat("%+d %s", change, type));
  }
  return absl::StrJoin(texts, ", ");
}

}  // namespace tamp
