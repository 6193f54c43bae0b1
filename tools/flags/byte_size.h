// Sizes of memory as users write them.

#ifndef TAMP_TOOLS_FLAGS_BYTE_SIZE_H_
#define TAMP_TOOLS_FLAGS_BYTE_SIZE_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace tamp {

// "512MiB", "1.5GiB", "300KiB" or a number of bytes; more than 0.
absl::StatusOr<int64_t> ParseByteSize(absl::string_view text);

// Of --memory_budget: 0 where the flag is not given.
absl::StatusOr<int64_t> MemoryBudgetFromFlags();

}  // namespace tamp

#endif  // TAMP_TOOLS_FLAGS_BYTE_SIZE_H_
