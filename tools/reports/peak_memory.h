// The most memory that this process has held.

#ifndef TAMP_TOOLS_REPORTS_PEAK_MEMORY_H_
#define TAMP_TOOLS_REPORTS_PEAK_MEMORY_H_

#include <cstdint>

namespace tamp {

// Highest resident set size in bytes; 0 where the system does not tell. Unlike
// getrusage's figure it does not begin with what the process that started this
// one had used.
int64_t PeakResidentBytes();

}  // namespace tamp

#endif  // TAMP_TOOLS_REPORTS_PEAK_MEMORY_H_
