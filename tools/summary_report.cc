#include "tools/summary_report.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "tools/number_format.h"
#include "tools/table.h"

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

std::string LayersText(const NetSummary& summary) {
  Table table({{"layer", Table::Align::kLeft, 28},
               {"type", Table::Align::kLeft, 16},
               {"output", Table::Align::kLeft, 20},
               {"parameters", kRight},
               {"multiply-adds", kRight}});
  for (const LayerSummary& layer : summary.layers) {
    table.AddRow(
        {layer.name,
         layer.is_elided ? absl::StrCat(layer.type, " (elided)") : layer.type,
         ShapesCell(layer.outputs), CountCell(layer.parameters),
         CountCell(layer.multiply_adds)});
  }
  table.AddRule();
  table.AddRow({"total", "", "", FormatInteger(summary.parameters),
                FormatInteger(summary.multiply_adds)});
  return table.ToString();
}

int64_t MultiplyAddsAnImage(const NetSummary& summary) {
  return summary.multiply_adds / std::max<int64_t>(summary.batch_size, 1);
}

std::string PassesText(const NetSummary& summary) {
  if (summary.passes.empty()) return "passes             none\n";
  std::string text;
  for (const PassReport& pass : summary.passes) {
    absl::StrAppendFormat(&text, "%-18s %s, rewrites: %d\n",
                          text.empty() ? "passes" : "", pass.name,
                          pass.rewrites);
  }
  return text;
}

std::string MemoryText(const MemorySummary& memory) {
  std::string text;
  absl::StrAppendFormat(&text, "planned memory     %s\n",
                        FormatBytes(memory.total()));
  absl::StrAppendFormat(&text, "  parameters       %s\n",
                        FormatBytes(memory.parameters));
  absl::StrAppendFormat(&text, "  their gradients  %s\n",
                        FormatBytes(memory.parameter_gradients));
  absl::StrAppendFormat(&text, "  layers           %s\n",
                        FormatBytes(memory.arena));
  absl::StrAppendFormat(
      &text, "most in use        %s, %s of \"%s\"\n", FormatBytes(memory.peak),
      memory.peak_is_backward ? "backward" : "forward", memory.peak_layer);
  for (int kind = 0; kind < MemorySummary::kNumKinds; ++kind) {
    absl::StrAppendFormat(&text, "  %-16s %s\n",
                          KindName(static_cast<BufferRequest::Kind>(kind)),
                          FormatBytes(memory.peak_by_kind[kind]));
  }
  return text;
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
          {"multiply_adds", layer.multiply_adds},
          {"elided", layer.is_elided}};
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
          {"peak_bytes", memory.peak},
          {"peak_layer", memory.peak_layer},
          {"peak_is_backward", memory.peak_is_backward},
          {"peak_bytes_by_kind", kinds}};
}

}  // namespace

std::string SummaryText(const NetSummary& summary) {
  return absl::StrCat(
      LayersText(summary), "\n",
      absl::StrFormat("%s, %s, batch %d\n", summary.name,
                      summary.phase == TRAIN ? "train" : "test",
                      summary.batch_size),
      absl::StrFormat("parameters         %s\n",
                      FormatInteger(summary.parameters)),
      absl::StrFormat("multiply-adds      %s an image\n",
                      FormatCount(MultiplyAddsAnImage(summary))),
      PassesText(summary), MemoryText(summary.memory));
}

nlohmann::ordered_json SummaryJson(const NetSummary& summary) {
  Json json = {{"net", summary.name},
               {"phase", summary.phase == TRAIN ? "train" : "test"},
               {"batch_size", summary.batch_size},
               {"parameters", summary.parameters},
               {"multiply_adds", summary.multiply_adds},
               {"multiply_adds_per_image", MultiplyAddsAnImage(summary)},
               {"planned_bytes", summary.memory.total()},
               {"memory", MemoryJson(summary.memory)},
               {"passes", Json::object()},
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
