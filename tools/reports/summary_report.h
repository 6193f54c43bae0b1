// What `tools:summary` prints: a row a layer, totals, what each pass changed
// and planned memory, and the same as JSON.

#ifndef TAMP_TOOLS_REPORTS_SUMMARY_REPORT_H_
#define TAMP_TOOLS_REPORTS_SUMMARY_REPORT_H_

#include <string>
#include <vector>

#include "net/report/pass_effects.h"
#include "net/report/summary.h"
#include "nlohmann/json.hpp"

namespace tamp {

// effects are those of the net's passes (net/report/pass_effects.h).
std::string SummaryText(const NetSummary& summary,
                        const std::vector<PassEffect>& effects);

nlohmann::ordered_json SummaryJson(const NetSummary& summary,
                                   const std::vector<PassEffect>& effects);

}  // namespace tamp

#endif  // TAMP_TOOLS_REPORTS_SUMMARY_REPORT_H_
