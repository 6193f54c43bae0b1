#include "tools/reports/number_format.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace tamp {
namespace {

// The number divided by `base` until it is below it, with its unit.
std::string WithUnit(int64_t number, double base, const char* const units[],
                     int num_units) {
  double scaled = static_cast<double>(number);
  int unit = 0;
  while (scaled >= base && unit + 1 < num_units) {
    scaled /= base;
    ++unit;
  }
  if (unit == 0) return absl::StrCat(number, units[0]);
  return absl::StrFormat("%.*f%s", scaled < 100 ? 2 : 1, scaled, units[unit]);
}

}  // namespace

std::string FormatInteger(int64_t number) {
  std::string digits = absl::StrCat(number);
  const int first = number < 0 ? 1 : 0;
  for (int i = static_cast<int>(digits.size()) - 3; i > first; i -= 3) {
    digits.insert(i, ",");
  }
  return digits;
}

std::string FormatCount(int64_t count) {
  constexpr const char* kUnits[] = {"", " k", " M", " G", " T"};
  return WithUnit(count, 1000, kUnits, 5);
}

std::string FormatBytes(int64_t bytes) {
  constexpr const char* kUnits[] = {" B", " KiB", " MiB", " GiB", " TiB"};
  return WithUnit(bytes, 1024, kUnits, 5);
}

}  // namespace tamp
