#include "core/device/host_memory.h"

#include <sys/mman.h>

#include <cstdlib>
#include <cstring>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/check.h"

namespace tamp {
namespace {

// Blocks of several huge pages are aligned to them and ask for them: fewer
// page faults at the start, fewer TLB misses later.
constexpr int64_t kHugePage = int64_t{2} << 20;

int64_t RoundUp(int64_t value, int64_t unit) {
  return (value + unit - 1) / unit * unit;
}

}  // namespace

absl::StatusOr<Buffer> AllocateHostMemory(int64_t bytes) {
  CHECK_GE(bytes, 0);
  if (bytes == 0) return Buffer();
  const bool huge = bytes >= 4 * kHugePage;
  const int64_t unit = huge ? kHugePage : kHostAlignment;
  const int64_t rounded = RoundUp(bytes, unit);
  void* const data = std::aligned_alloc(unit, rounded);
  if (data == nullptr) {
    return absl::ResourceExhaustedError(
        absl::StrCat("cannot allocate ", bytes >> 20, " MiB of memory"));
  }
  // Only a hint: where the kernel refuses, ordinary pages serve.
  if (huge) madvise(data, rounded, MADV_HUGEPAGE);
  std::memset(data, 0, rounded);
  return Buffer(data, bytes, [](void* memory, int64_t) { std::free(memory); });
}

}  // namespace tamp
