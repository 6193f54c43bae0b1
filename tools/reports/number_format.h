// Numbers as people read them.

#ifndef TAMP_TOOLS_REPORTS_NUMBER_FORMAT_H_
#define TAMP_TOOLS_REPORTS_NUMBER_FORMAT_H_

#include <cstdint>
#include <string>

namespace tamp {

// With thousands separators: "1,261,018".
std::string FormatInteger(int64_t number);

// Three or four digits and a factor of 1000: "947", "12.3 k", "375.9 M",
// "24.06 G".
std::string FormatCount(int64_t count);

// In powers of 1024: "512 B", "1.5 KiB", "89.3 MiB".
std::string FormatBytes(int64_t bytes);

}  // namespace tamp

#endif  // TAMP_TOOLS_REPORTS_NUMBER_FORMAT_H_
