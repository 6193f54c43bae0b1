#include "tools/reports/timing_report.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tools/reports/number_format.h"
#include "tools/reports/table.h"

namespace tamp {
namespace {

using Json = nlohmann::ordered_json;

constexpr Table::Align kRight = Table::Align::kRight;

// 10^9 operations a second; 0 where no time was measured.
double GflopsOf(int64_t multiply_adds, double milliseconds) {
  return milliseconds > 0 ? 2e-6 * double(multiply_adds) / milliseconds : 0;
}

double LayersMilliseconds(const NetTiming& timing) {
  double sum = 0;
  for (const LayerTiming& layer : timing.layers) {
    sum += layer.forward_ms + layer.backward_ms;
  }
  return sum;
}

std::string SpeedCell(int64_t multiply_adds, double milliseconds) {
  if (multiply_adds == 0 || milliseconds <= 0) return "";
  return absl::StrFormat("%.1f", GflopsOf(multiply_adds, milliseconds));
}

void AddLayerRow(const LayerTiming& layer, bool is_training, double total_ms,
                 Table* table) {
  const double milliseconds = layer.forward_ms + layer.backward_ms;
  table->AddRow(
      {layer.name, layer.type, absl::StrFormat("%.3f", layer.forward_ms),
       is_training ? absl::StrFormat("%.3f", layer.backward_ms) : "",
       absl::StrFormat("%.1f", 100 * milliseconds / std::max(total_ms, 1e-9)),
       SpeedCell(layer.forward_multiply_adds, layer.forward_ms),
       SpeedCell(layer.backward_multiply_adds, layer.backward_ms)});
}

Table LayerTable(const std::string& first_title) {
  return Table({{first_title, Table::Align::kLeft, 28},
                {"type", Table::Align::kLeft, 16},
                {"fwd ms", kRight},
                {"bwd ms", kRight},
                {"share %", kRight},
                {"fwd GFLOP/s", kRight},
                {"bwd GFLOP/s", kRight}});
}

std::string LayersText(const TimingReport& report) {
  const double total_ms = LayersMilliseconds(report.timing);
  Table table = LayerTable("layer");
  for (const LayerTiming& layer : report.timing.layers) {
    AddLayerRow(layer, report.is_training(), total_ms, &table);
  }
  return table.ToString();
}

// All layers of a type as one, the most expensive first.
std::vector<LayerTiming> SumByType(const std::vector<LayerTiming>& layers) {
  std::map<std::string, LayerTiming> by_type;
  std::map<std::string, int> counts;
  for (const LayerTiming& layer : layers) {
    LayerTiming& sum = by_type[layer.type];
    sum.type = layer.type;
    sum.forward_ms += layer.forward_ms;
    sum.backward_ms += layer.backward_ms;
    sum.forward_multiply_adds += layer.forward_multiply_adds;
    sum.backward_multiply_adds += layer.backward_multiply_adds;
    ++counts[layer.type];
  }
  std::vector<LayerTiming> sums;
  for (auto& [type, sum] : by_type) {
    const int count = counts[type];
    sum.name = absl::StrCat(count, count == 1 ? " layer" : " layers");
    sums.push_back(std::move(sum));
  }
  std::sort(
      sums.begin(), sums.end(), [](const LayerTiming& a, const LayerTiming& b) {
        return a.forward_ms + a.backward_ms > b.forward_ms + b.backward_ms;
      });
  return sums;
}

std::string TypesText(const TimingReport& report) {
  const double total_ms = LayersMilliseconds(report.timing);
  Table table = LayerTable("by type");
  for (const LayerTiming& sum : SumByType(report.timing.layers)) {
    AddLayerRow(sum, report.is_training(), total_ms, &table);
  }
  return table.ToString();
}

void AddTotal(const std::string& name, const Spread& spread,
              int64_t multiply_adds, Table* table) {
  table->AddRow({name, absl::StrFormat("%.2f", spread.median),
                 absl::StrFormat("%.2f", spread.min),
                 absl::StrFormat("%.2f", spread.max),
                 SpeedCell(multiply_adds, spread.median)});
}

std::string TotalsText(const TimingReport& report) {
  const NetTiming& timing = report.timing;
  Table table({{"total"},
               {"median ms", kRight},
               {"min ms", kRight},
               {"max ms", kRight},
               {"GFLOP/s", kRight}});
  AddTotal("forward", timing.forward, timing.forward_multiply_adds, &table);
  if (report.is_training()) {
    AddTotal("backward", timing.backward, timing.backward_multiply_adds,
             &table);
    AddTotal("update", timing.update, 0, &table);
    AddTotal("step", timing.step,
             timing.forward_multiply_adds + timing.backward_multiply_adds,
             &table);
  }
  return table.ToString();
}

// "2 threads", or a device that has none.
std::string WhereText(const TimingReport& report) {
  if (report.threads == 0) return report.device;
  return absl::StrCat(report.threads,
                      report.threads == 1 ? " thread" : " threads");
}

std::string SpeedText(const TimingReport& report) {
  std::string text =
      absl::StrFormat("speed      %10.1f GFLOP/s", report.Gflops());
  if (report.peak.has_value()) {
    absl::StrAppendFormat(&text, ", %.1f %% of this machine's %.1f (%s)",
                          100 * report.Gflops() / report.peak->gflops,
                          report.peak->gflops, report.peak->instruction_set);
  }
  return text + "\n";
}

std::string FactsText(const TimingReport& report) {
  std::string text = absl::StrFormat(
      "%s, %s, batch %d, %s, %d iterations\n", report.net, report.phase,
      report.batch_size, WhereText(report), report.iterations);
  if (report.is_training()) {
    absl::StrAppendFormat(&text, "training   %10.1f images/s\n",
                          report.ImagesPerSecondTrain());
  }
  absl::StrAppendFormat(&text, "forward    %10.1f images/s\n",
                        report.ImagesPerSecondForward());
  absl::StrAppend(&text, SpeedText(report));
  absl::StrAppendFormat(&text, "planned    %10s\n",
                        FormatBytes(report.planned_bytes));
  absl::StrAppendFormat(&text, "peak RSS   %10s\n",
                        FormatBytes(report.peak_rss_bytes));
  return text;
}

Json SpreadJson(const Spread& spread) {
  return {{"median", spread.median}, {"min", spread.min}, {"max", spread.max}};
}

Json LayerJson(const LayerTiming& layer, bool is_training, double total_ms) {
  const double milliseconds = layer.forward_ms + layer.backward_ms;
  Json json = {{"name", layer.name},
               {"type", layer.type},
               {"forward_ms", layer.forward_ms},
               {"backward_ms", nullptr},
               {"share", milliseconds / std::max(total_ms, 1e-9)},
               {"forward_gflops",
                GflopsOf(layer.forward_multiply_adds, layer.forward_ms)},
               {"backward_gflops", nullptr}};
  if (is_training) {
    json["backward_ms"] = layer.backward_ms;
    json["backward_gflops"] =
        GflopsOf(layer.backward_multiply_adds, layer.backward_ms);
  }
  return json;
}

}  // namespace

double TimingReport::ImagesPerSecondTrain() const {
  return 1e3 * double(batch_size) / timing.step.median;
}

double TimingReport::ImagesPerSecondForward() const {
  return 1e3 * double(batch_size) / timing.forward.median;
}

double TimingReport::Gflops() const {
  return is_training()
             ? GflopsOf(
                   timing.forward_multiply_adds + timing.backward_multiply_adds,
                   timing.step.median)
             : GflopsOf(timing.forward_multiply_adds, timing.forward.median);
}

std::string TimingText(const TimingReport& report) {
  return absl::StrCat(LayersText(report), "\n", TypesText(report), "\n",
                      TotalsText(report), "\n", FactsText(report));
}

nlohmann::ordered_json TimingJson(const TimingReport& report) {
  const NetTiming& timing = report.timing;
  const bool is_training = report.is_training();
  Json json = {{"net", report.net},
               {"phase", report.phase},
               {"batch_size", report.batch_size},
               {"device", report.device},
               {"threads", nullptr},
               {"iterations", report.iterations},
               {"images_per_second_train", nullptr},
               {"images_per_second_forward", report.ImagesPerSecondForward()},
               {"forward_ms", SpreadJson(timing.forward)},
               {"backward_ms", nullptr},
               {"update_ms", nullptr},
               {"step_ms", nullptr},
               {"gflops", report.Gflops()},
               {"fma_peak_gflops", nullptr},
               {"instruction_set", nullptr},
               {"planned_bytes", report.planned_bytes},
               {"peak_rss_bytes", report.peak_rss_bytes}};
  if (report.threads > 0) json["threads"] = report.threads;
  if (report.peak.has_value()) {
    json["fma_peak_gflops"] = report.peak->gflops;
    json["instruction_set"] = report.peak->instruction_set;
  }
  if (is_training) {
    json["images_per_second_train"] = report.ImagesPerSecondTrain();
    json["backward_ms"] = SpreadJson(timing.backward);
    json["update_ms"] = SpreadJson(timing.update);
    json["step_ms"] = SpreadJson(timing.step);
  }
  const double total_ms = LayersMilliseconds(timing);
  json["layers"] = Json::array();
  for (const LayerTiming& layer : timing.layers) {
    json["layers"].push_back(LayerJson(layer, is_training, total_ms));
  }
  return json;
}

}  // namespace tamp
