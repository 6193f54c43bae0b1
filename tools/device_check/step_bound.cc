#include "tools/device_check/step_bound.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tools/reports/number_format.h"
#include "tools/reports/table.h"

namespace tamp {
namespace {

struct WorkTotal {
  int64_t num_launches = 0, bytes = 0, multiply_adds = 0;

  void Add(const Launch& launch) {
    ++num_launches;
    bytes += launch.bytes;
    multiply_adds += launch.multiply_adds;
  }
  std::vector<std::string> Row(const std::string& name) const {
    return {name, FormatInteger(num_launches),
            absl::StrFormat("%.1f", bytes / 1e6),
            absl::StrFormat("%.2f", multiply_adds / 1e9)};
  }
};

std::string WorkText(const std::vector<Launch>& launches) {
  Table table({{"work"},
               {"launches", Table::Align::kRight},
               {"MB", Table::Align::kRight},
               {"G multiply-adds", Table::Align::kRight}});
  std::vector<std::pair<std::string, WorkTotal>> works;
  WorkTotal all;
  for (const Launch& launch : launches) {
    auto work = std::find_if(
        works.begin(), works.end(),
        [&](const auto& total) { return total.first == launch.work; });
    if (work == works.end()) {
      work = works.insert(works.end(), {launch.work, WorkTotal()});
    }
    work->second.Add(launch);
    all.Add(launch);
  }
  for (const auto& [name, total] : works) table.AddRow(total.Row(name));
  table.AddRule();
  table.AddRow(all.Row("all"));
  return table.ToString();
}

std::string Milliseconds(double seconds) {
  return absl::StrFormat("%.2f", seconds * 1e3);
}

}  // namespace

double GpuCard::OperationsPerSecond(DevicePrecision precision) const {
  switch (precision) {
    case DevicePrecision::kFp32:
      return fp32;
    case DevicePrecision::kTf32:
      return tf32;
    case DevicePrecision::kBf16:
    case DevicePrecision::kFp16:
      return half;
  }
  return fp32;
}

StepBound BoundOf(const std::vector<Launch>& launches, const GpuCard& card) {
  StepBound bound;
  for (const Launch& launch : launches) {
    const double memory = launch.bytes / card.bytes_per_second;
    const double arithmetic =
        2.0 * launch.multiply_adds / card.OperationsPerSecond(launch.precision);
    bound.memory_seconds += memory;
    bound.arithmetic_seconds += arithmetic;
    bound.seconds += std::max(memory, arithmetic);
  }
  return bound;
}

std::string BoundText(const std::vector<Launch>& launches,
                      double seconds_per_launch) {
  Table table({{"ms at least, on"},
               {"memory", Table::Align::kRight},
               {"arithmetic", Table::Align::kRight},
               {"step", Table::Align::kRight},
               {"and launches", Table::Align::kRight}});
  for (const GpuCard& card : kCards) {
    const StepBound bound = BoundOf(launches, card);
    table.AddRow(
        {card.name, Milliseconds(bound.memory_seconds),
         Milliseconds(bound.arithmetic_seconds), Milliseconds(bound.seconds),
         Milliseconds(bound.seconds + launches.size() * seconds_per_launch)});
  }
  return absl::StrCat(WorkText(launches), "\n", table.ToString());
}

}  // namespace tamp
