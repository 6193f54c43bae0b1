#include "tools/reports/summary_report.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "net/report/plan_notes.h"
#include "tools/reports/number_format.h"
#include "tools/reports/table.h"

namespace tamp {
namespace {

using Json = nlohmann::ordered_json;

constexpr Table::Align kRight = Table::Align::kRight;

std::string ShapesCell(const std::vector<Shape>& shapes) {
  return absl::StrJoin(shapes, ", ", [](std::string* out, const Shape& shape) {
    absl::StrAppend(out, shape.ToString());
  });
}

std::string CountCell(int64_t count) {
  return count == 0 ? "" : FormatInteger(count);
}

std::string TypeCell(const LayerSummary& layer) {
  if (layer.is_elided) return absl::StrCat(layer.type, " (elided)");
  if (layer.is_recomputed) return absl::StrCat(layer.type, " (again)");
  if (layer.frozen_parameters > 0) {
    return absl::StrCat(layer.type, layer.frozen_parameters < layer.parameters
                                        ? " (partly frozen)"
                                        : " (frozen)");
  }
  return layer.type;
}

std::string LayersText(const NetSummary& summary) {
  Table table({{"layer", Table::Align::kLeft, 28},
               {"type", Table::Align::kLeft, 32},
               {"output", Table::Align::kLeft, 20},
               {"parameters", kRight},
               {"multiply-adds", kRight}});
  for (const LayerSummary& layer : summary.layers) {
    table.AddRow({layer.name, TypeCell(layer), ShapesCell(layer.outputs),
                  CountCell(layer.parameters), CountCell(layer.multiply_adds)});
  }
  table.AddRule();
  table.AddRow({"total", "", "", FormatInteger(summary.parameters),
                FormatInteger(summary.multiply_adds)});
  return table.ToString();
}

// In training, what lr_mult: 0 leaves out.
std::string FrozenText(const NetSummary& summary) {
  if (summary.phase != TRAIN || summary.frozen_parameters == 0) return "";
  const int64_t num_backward = std::count_if(
      summary.layers.begin(), summary.layers.end(),
      [](const LayerSummary& layer) { return layer.runs_backward; });
  return absl::StrFormat(
      "  frozen           %s; %d of %d layers run backward\n",
      FormatInteger(summary.frozen_parameters), num_backward,
      summary.layers.size());
}

int64_t MultiplyAddsAnImage(const NetSummary& summary) {
  return summary.multiply_adds / std::max<int64_t>(summary.batch_size, 1);
}

int NumLayers(const PassEffect& effect) {
  int sum = 0;
  for (const auto& [type, count] : effect.layers) sum += count;
  return sum;
}

std::string SavedCell(const PassEffect& before, const PassEffect& after) {
  const int64_t saved = before.arena_bytes - after.arena_bytes;
  return saved < 0 ? absl::StrCat("-", FormatBytes(-saved))
                   : FormatBytes(saved);
}

std::string PassesText(const NetSummary& summary,
                       const std::vector<PassEffect>& effects) {
  constexpr size_t kWide = 120;
  Table table({{"after pass"},
               {"found", kRight},
               {"layers", kRight},
               {"multiply-adds", kRight},
               {"memory", kRight},
               {"saved", kRight},
               {"changes", Table::Align::kLeft, kWide}});
  for (size_t i = 0; i < effects.size(); ++i) {
    const PassEffect& effect = effects[i];
    table.AddRow({i == 0 ? "(none)" : effect.pass,
                  i == 0 ? "" : absl::StrCat(effect.rewrites),
                  absl::StrCat(NumLayers(effect)),
                  FormatCount(effect.multiply_adds /
                              std::max<int64_t>(summary.batch_size, 1)),
                  FormatBytes(effect.arena_bytes),
                  i == 0 ? "" : SavedCell(effects[i - 1], effect),
                  i == 0 ? "" : DescribeChanges(effects[i - 1], effect)});
  }
  return table.ToString();
}

std::string MemoryText(const MemorySummary& memory) {
  std::string text;
  absl::StrAppendFormat(&text, "planned memory     %s\n",
                        FormatBytes(memory.total()));
  absl::StrAppendFormat(&text, "  parameters       %s\n",
                        FormatBytes(memory.parameters));
  absl::StrAppendFormat(&text, "  their gradients  %s\n",
                        FormatBytes(memory.parameter_gradients));
  absl::StrAppendFormat(&text, "  their momentum   %s\n",
                        FormatBytes(memory.momentum));
  absl::StrAppendFormat(&text, "  layers           %s\n",
                        FormatBytes(memory.arena));
  absl::StrAppendFormat(&text,
                        "most in use        %s, %s of \"%s\", step %d of %d\n",
                        FormatBytes(memory.peak),
                        memory.peak_is_backward ? "backward" : "forward",
                        memory.peak_layer, memory.peak_step, memory.num_steps);
  for (int kind = 0; kind < MemorySummary::kNumKinds; ++kind) {
    absl::StrAppendFormat(&text, "  %-16s %s\n",
                          KindName(static_cast<BufferRequest::Kind>(kind)),
                          FormatBytes(memory.peak_by_kind[kind]));
  }
  return text;
}

std::string BudgetText(const BudgetReport& budget) {
  if (budget.budget_bytes == 0) return "";
  return absl::StrCat(DescribeBudget(budget), "\n");
}

Json PassesJson(const std::vector<PassEffect>& effects) {
  Json passes = Json::array();
  for (const PassEffect& effect : effects) {
    passes.push_back({{"after", effect.pass},
                      {"rewrites", effect.rewrites},
                      {"multiply_adds", effect.multiply_adds},
                      {"arena_bytes", effect.arena_bytes},
                      {"layers", effect.layers}});
  }
  return passes;
}

Json BudgetJson(const BudgetReport& budget) {
  if (budget.budget_bytes == 0) return nullptr;
  return {{"bytes", budget.budget_bytes},
          {"planned_bytes", budget.planned_bytes},
          {"recomputed_values", budget.num_recomputed},
          {"recomputable_values", budget.num_recomputable},
          {"recomputed_multiply_adds", budget.recomputed_multiply_adds}};
}

Json LayerJson(const LayerSummary& layer) {
  Json shapes = Json::array();
  for (const Shape& shape : layer.outputs) {
    shapes.push_back(
        std::vector<int64_t>(shape.dims().begin(), shape.dims().end()));
  }
  return {{"name", layer.name},
          {"type", layer.type},
          {"output_shapes", shapes},
          {"parameters", layer.parameters},
          {"frozen_parameters", layer.frozen_parameters},
          {"multiply_adds", layer.multiply_adds},
          {"elided", layer.is_elided},
          {"recomputed", layer.is_recomputed},
          {"runs_backward", layer.runs_backward}};
}

Json MemoryJson(const MemorySummary& memory) {
  Json kinds = Json::object();
  for (int kind = 0; kind < MemorySummary::kNumKinds; ++kind) {
    kinds[KindName(static_cast<BufferRequest::Kind>(kind))] =
        memory.peak_by_kind[kind];
  }
  return {{"arena_bytes", memory.arena},
          {"parameter_bytes", memory.parameters},
          {"parameter_gradient_bytes", memory.parameter_gradients},
          {"momentum_bytes", memory.momentum},
          {"peak_bytes", memory.peak},
          {"peak_step", memory.peak_step},
          {"peak_layer", memory.peak_layer},
          {"peak_is_backward", memory.peak_is_backward},
          {"peak_bytes_by_kind", kinds}};
}

}  // namespace

std::string SummaryText(const NetSummary& summary,
                        const std::vector<PassEffect>& effects) {
  return absl::StrCat(
      LayersText(summary), "\n",
      absl::StrFormat("%s, %s, batch %d\n", summary.name,
                      summary.phase == TRAIN ? "train" : "test",
                      summary.batch_size),
      absl::StrFormat("parameters         %s\n",
                      FormatInteger(summary.parameters)),
      FrozenText(summary),
      absl::StrFormat("multiply-adds      %s an image\n",
                      FormatCount(MultiplyAddsAnImage(summary))),
      MemoryText(summary.memory), BudgetText(summary.budget), "\n",
      PassesText(summary, effects));
}

nlohmann::ordered_json SummaryJson(const NetSummary& summary,
                                   const std::vector<PassEffect>& effects) {
  Json json = {{"net", summary.name},
               {"phase", summary.phase == TRAIN ? "train" : "test"},
               {"batch_size", summary.batch_size},
               {"parameters", summary.parameters},
               {"frozen_parameters", summary.frozen_parameters},
               {"multiply_adds", summary.multiply_adds},
               {"multiply_adds_per_image", MultiplyAddsAnImage(summary)},
               {"planned_bytes", summary.memory.total()},
               {"memory", MemoryJson(summary.memory)},
               {"memory_budget", BudgetJson(summary.budget)},
               {"passes", Json::object()},
               {"passes_in_order", PassesJson(effects)},
               {"layers", Json::array()}};
  for (const PassReport& pass : summary.passes) {
    json["passes"][pass.name] = pass.rewrites;
  }
  for (const LayerSummary& layer : summary.layers) {
    json["layers"].push_back(LayerJson(layer));
  }
  return json;
}

}  // namespace tamp
