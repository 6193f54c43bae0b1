#include "core/buffer.h"

#include <sys/mman.h>

#include <cstdlib>
#include <cstring>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/check.h"

namespace tamp {
namespace {

// Buffers of several huge pages are aligned to them and ask for them: fewer
// page faults at the start, fewer TLB misses later.
constexpr int64_t kHugePage = int64_t{2} << 20;

int64_t RoundUp(int64_t value, int64_t unit) {
  return (value + unit - 1) / unit * unit;
}

}  // namespace

Buffer::~Buffer() { std::free(data_); }

absl::StatusOr<Buffer> Buffer::Allocate(int64_t bytes) {
  CHECK_GE(bytes, 0);
  Buffer buffer;
  if (bytes == 0) return buffer;
  const bool huge = bytes >= 4 * kHugePage;
  const int64_t unit = huge ? kHugePage : kAlignment;
  const int64_t rounded = RoundUp(bytes, unit);
  buffer.data_ = std::aligned_alloc(unit, rounded);
  if (buffer.data_ == nullptr) {
    return absl::ResourceExhaustedError(
        absl::StrCat("cannot allocate ", bytes >> 20, " MiB of memory"));
  }
  // Only a hint: where the kernel refuses, ordinary pages serve.
  if (huge) madvise(buffer.data_, rounded, MADV_HUGEPAGE);
  std::memset(buffer.data_, 0, rounded);
  buffer.bytes_ = bytes;
  return buffer;
}

}  // namespace tamp
