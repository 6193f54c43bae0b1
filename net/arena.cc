#include "net/arena.h"

#include <utility>

#include "core/status_macros.h"

namespace tamp {

absl::StatusOr<float*> Arena::Reserve(int64_t bytes) {
  if (Holds(bytes)) return blocks_.back().floats();
  ASSIGN_OR_RETURN(Buffer block, device_->Allocate(bytes));
  blocks_.push_back(std::move(block));
  return blocks_.back().floats();
}

bool Arena::Holds(int64_t bytes) const {
  return !blocks_.empty() && blocks_.back().bytes() >= bytes;
}

int64_t Arena::bytes() const {
  int64_t total = 0;
  for (const Buffer& block : blocks_) total += block.bytes();
  return total;
}

}  // namespace tamp
