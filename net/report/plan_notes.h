// Lines for logs that say how a net was planned: its passes, its memory budget.

#ifndef TAMP_NET_REPORT_PLAN_NOTES_H_
#define TAMP_NET_REPORT_PLAN_NOTES_H_

#include <string>

#include "absl/types/span.h"
#include "net/memory/memory_budget.h"
#include "net/planned_net.h"

namespace tamp {

// `passes: elide_concat 58, share_statistics 121`: those that found something,
// with how often; `passes: nothing found` or `passes: none ran`.
std::string DescribePasses(absl::Span<const PassReport> passes);

// `memory budget 350 MiB: 41 of 58 values recomputed, 318 MiB planned, +6 %
// multiply-adds`. REQUIRES: there is a budget.
std::string DescribeBudget(const BudgetReport& report);

}  // namespace tamp

#endif  // TAMP_NET_REPORT_PLAN_NOTES_H_
