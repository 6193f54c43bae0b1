#include "net/arena.h"

#include <unistd.h>

#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "core/status_macros.h"

namespace tamp {
namespace {

int64_t PhysicalMemoryBytes() {
  return int64_t{sysconf(_SC_PHYS_PAGES)} * sysconf(_SC_PAGE_SIZE);
}

}  // namespace

absl::StatusOr<float*> Arena::Reserve(int64_t bytes) {
  if (!blocks_.empty() && blocks_.back().bytes() >= bytes) {
    return blocks_.back().floats();
  }
  // Linux promises memory that it does not have and kills the process later.
  if (bytes > PhysicalMemoryBytes()) {
    return absl::ResourceExhaustedError(absl::StrCat(
        "the net needs ", bytes >> 20, " MiB for its values, this machine has ",
        PhysicalMemoryBytes() >> 20, " MiB: choose a smaller batch_size"));
  }
  ASSIGN_OR_RETURN(Buffer block, device_->Allocate(bytes));
  blocks_.push_back(std::move(block));
  return blocks_.back().floats();
}

int64_t Arena::bytes() const {
  int64_t total = 0;
  for (const Buffer& block : blocks_) total += block.bytes();
  return total;
}

}  // namespace tamp
