// What `tools:summary` prints: a row a layer, totals and planned memory, and
// the same as JSON.

#ifndef TAMP_TOOLS_SUMMARY_REPORT_H_
#define TAMP_TOOLS_SUMMARY_REPORT_H_

#include <string>

#include "net/summary.h"
#include "nlohmann/json.hpp"

namespace tamp {

std::string SummaryText(const NetSummary& summary);

nlohmann::ordered_json SummaryJson(const NetSummary& summary);

}  // namespace tamp

#endif  // TAMP_TOOLS_SUMMARY_REPORT_H_
