#include "tools/flags/byte_size.h"

#include <string>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

ABSL_FLAG(std::string, memory_budget, "",
          "Memory for values, gradients, parameters and momentum, e.g. 512MiB "
          "(KiB, MiB, GiB): what does not fit is computed again in backward, "
          "with the same results. Empty: no limit.");

namespace tamp {
namespace {

// Removes a unit from the end of the text; 1 where there is none.
double TakeUnit(absl::string_view* text) {
  double unit = 1;
  for (const char* suffix : {"KiB", "MiB", "GiB"}) {
    unit *= 1024;
    if (absl::ConsumeSuffix(text, suffix)) return unit;
  }
  return 1;
}

}  // namespace

absl::StatusOr<int64_t> ParseByteSize(absl::string_view text) {
  constexpr double kLargest = 1e18;
  absl::string_view number = text;
  const double unit = TakeUnit(&number);
  double size = 0;
  const bool is_number =
      number.find_first_not_of("0123456789.") == absl::string_view::npos &&
      absl::SimpleAtod(number, &size);
  const double bytes = size * unit;
  if (is_number && bytes >= 1 && bytes <= kLargest) {
    return static_cast<int64_t>(bytes);
  }
  return absl::InvalidArgumentError(
      absl::StrCat("\"", text,
                   "\" is no size of memory, it must be like 512MiB, 1.5GiB, "
                   "300KiB or 1000000"));
}

absl::StatusOr<int64_t> MemoryBudgetFromFlags() {
  const std::string text = absl::GetFlag(FLAGS_memory_budget);
  if (text.empty()) return 0;
  const absl::StatusOr<int64_t> bytes = ParseByteSize(text);
  if (bytes.ok()) return bytes;
  return absl::InvalidArgumentError(
      absl::StrCat("--memory_budget=", std::string(bytes.status().message())));
}

}  // namespace tamp
