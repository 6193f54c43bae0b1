#include "net/memory/gradients/channel_ranges.h"

#include <algorithm>

namespace tamp {

void ChannelRanges::Add(Range range) {
  if (range.size() <= 0) return;
  // Those that overlap or adjoin become one with it.
  const auto first = std::find_if(
      ranges_.begin(), ranges_.end(),
      [&](const Range& other) { return other.end >= range.begin; });
  auto last = first;
  for (; last != ranges_.end() && last->begin <= range.end; ++last) {
    range.begin = std::min(range.begin, last->begin);
    range.end = std::max(range.end, last->end);
  }
  ranges_.insert(ranges_.erase(first, last), range);
}

std::vector<Range> ChannelRanges::Missing(Range range) const {
  std::vector<Range> missing;
  for (const Range& other : ranges_) {
    const int64_t end = std::min(other.begin, range.end);
    if (end > range.begin) missing.push_back({range.begin, end});
    range.begin = std::max(range.begin, other.end);
  }
  if (range.size() > 0) missing.push_back(range);
  return missing;
}

}  // namespace tamp
