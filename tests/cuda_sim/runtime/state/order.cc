#include "tests/cuda_sim/runtime/state/order.h"

#include <algorithm>

#include "tests/cuda_sim/engine/fault.h"

namespace tamp {
namespace cuda_sim {
namespace {

bool Overlaps(const Access& access, const char* begin, const char* end) {
  return access.begin < end && begin < access.end;
}

const char* Verb(const Access& access) {
  return access.is_write ? " writes" : " reads";
}

}  // namespace

std::string NameOf(const Access& access) {
  return access.name + ", number " + std::to_string(access.position) +
         " on stream " + std::to_string(access.stream) + ",";
}

void AccessLog::Add(const Access& access, const Clock& before) {
  const auto is_ordered = [&](const Access& other) {
    return other.stream == access.stream ||
           Contains(before, other.stream, other.position);
  };
  for (const Access& other : accesses_) {
    if (!Overlaps(other, access.begin, access.end) || is_ordered(other) ||
        (!other.is_write && !access.is_write)) {
      continue;
    }
    Fail(NameOf(access) + Verb(access) + " memory that " + NameOf(other) +
         Verb(other) + ", and no event is between them");
  }
  // Whoever is in order with this one is with what it covers.
  const auto is_covered = [&](const Access& other) {
    return access.begin <= other.begin && other.end <= access.end &&
           is_ordered(other) && (access.is_write || !other.is_write);
  };
  accesses_.erase(
      std::remove_if(accesses_.begin(), accesses_.end(), is_covered),
      accesses_.end());
  accesses_.push_back(access);
}

void AccessLog::AddAll(const Work& work, int64_t stream, int64_t position,
                       const Clock& before) {
  const auto add = [&](const std::vector<MemoryRange>& ranges, bool is_write) {
    for (const MemoryRange& range : ranges) {
      const char* begin = static_cast<const char*>(range.begin);
      Add({begin, begin + range.bytes, is_write, work.name, stream, position},
          before);
    }
  };
  add(work.reads, false);
  add(work.writes, true);
}

void AccessLog::CheckUnused(const std::string& action, const char* begin,
                            const char* end) const {
  for (const Access& other : accesses_) {
    if (!Overlaps(other, begin, end)) continue;
    Fail(action + ": nobody has waited for " + NameOf(other) +
         " which uses them");
  }
}

void AccessLog::Forget(const Clock& over) {
  const auto is_over = [&](const Access& other) {
    return Contains(over, other.stream, other.position);
  };
  accesses_.erase(std::remove_if(accesses_.begin(), accesses_.end(), is_over),
                  accesses_.end());
}

}  // namespace cuda_sim
}  // namespace tamp
