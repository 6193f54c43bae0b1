// Planned passes, as text.

#ifndef TAMP_TOOLS_DEVICE_CHECK_PASSES_REPORT_H_
#define TAMP_TOOLS_DEVICE_CHECK_PASSES_REPORT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "tools/device_check/planned_passes.h"

namespace tamp {

// A row for each pass, and a last line that counts them. Each refusal follows
// in full.
std::string PassesText(const std::vector<PlannedPass>& passes);

// An error if any has no plan.
absl::Status CheckPasses(const std::vector<PlannedPass>& passes);

// The most that any of them needs.
int64_t LargestWorkspace(const std::vector<PlannedPass>& passes);

}  // namespace tamp

#endif  // TAMP_TOOLS_DEVICE_CHECK_PASSES_REPORT_H_
