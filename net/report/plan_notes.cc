#include "net/report/plan_notes.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "core/check.h"

namespace tamp {

std::string DescribePasses(absl::Span<const PassReport> passes) {
  if (passes.empty()) return "passes: none ran";
  std::vector<std::string> found;
  for (const PassReport& pass : passes) {
    if (pass.rewrites == 0) continue;
    found.push_back(absl::StrCat(pass.name, " ", pass.rewrites));
  }
  if (found.empty()) return "passes: nothing found";
  return absl::StrCat("passes: ", absl::StrJoin(found, ", "));
}

std::string DescribeBudget(const BudgetReport& report) {
  CHECK(report.budget_bytes > 0);
  const double step =
      static_cast<double>(std::max<int64_t>(report.multiply_adds, 1));
  return absl::StrFormat(
      "memory budget %d MiB: %d of %d values recomputed, %d MiB planned, "
      "+%.1f %% multiply-adds",
      report.budget_bytes >> 20, report.num_recomputed, report.num_recomputable,
      report.planned_bytes >> 20,
      100 * static_cast<double>(report.recomputed_multiply_adds) / step);
}

}  // namespace tamp
