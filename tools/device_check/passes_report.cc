#include "tools/device_check/passes_report.h"

#include <algorithm>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "tools/reports/number_format.h"
#include "tools/reports/table.h"

namespace tamp {
namespace {

int CountRefusals(const std::vector<PlannedPass>& passes) {
  return static_cast<int>(std::count_if(
      passes.begin(), passes.end(),
      [](const PlannedPass& pass) { return !pass.refusal.empty(); }));
}

}  // namespace

std::string PassesText(const std::vector<PlannedPass>& passes) {
  Table table({{"layer", Table::Align::kLeft, 28},
               {"pass"},
               {"convolution"},
               {"engine", Table::Align::kRight},
               {"of", Table::Align::kRight},
               {"workspace", Table::Align::kRight},
               {"notes", Table::Align::kLeft, 60}});
  std::string refusals;
  for (const PlannedPass& pass : passes) {
    const bool has_plan = pass.refusal.empty();
    table.AddRow(
        {pass.layer, ToString(pass.problem.direction), ExtentsOf(pass.problem),
         has_plan ? absl::StrCat(pass.engine) : "none",
         has_plan ? absl::StrCat(pass.num_proposed) : "",
         has_plan ? FormatBytes(pass.workspace_bytes) : "", pass.notes});
    if (!has_plan)
      absl::StrAppend(&refusals, pass.layer, ": ", pass.refusal, "\n");
  }
  return absl::StrCat(table.ToString(), refusals, passes.size(), " passes, ",
                      CountRefusals(passes),
                      " without a plan; workspace up to ",
                      FormatBytes(LargestWorkspace(passes)), "\n");
}

absl::Status CheckPasses(const std::vector<PlannedPass>& passes) {
  const int count = CountRefusals(passes);
  if (count == 0) return absl::OkStatus();
  return absl::UnimplementedError(absl::StrCat(
      count, " of ", passes.size(), " passes have no plan on this device"));
}

int64_t LargestWorkspace(const std::vector<PlannedPass>& passes) {
  int64_t largest = 0;
  for (const PlannedPass& pass : passes) {
    largest = std::max(largest, pass.workspace_bytes);
  }
  return largest;
}

}  // namespace tamp
