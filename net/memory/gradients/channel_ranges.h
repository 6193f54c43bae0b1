// ChannelRanges: a set of channels, kept as ranges, since a value may have more
// channels than there is memory for marks.

#ifndef TAMP_NET_MEMORY_GRADIENTS_CHANNEL_RANGES_H_
#define TAMP_NET_MEMORY_GRADIENTS_CHANNEL_RANGES_H_

#include <vector>

#include "core/threads/tiles.h"

namespace tamp {

class ChannelRanges {
 public:
  void Add(Range range);

  // The parts of the range that are not in the set, ascending. No two adjoin.
  std::vector<Range> Missing(Range range) const;

 private:
  std::vector<Range> ranges_;  // ascending; none overlap or adjoin
};

}  // namespace tamp

#endif  // TAMP_NET_MEMORY_GRADIENTS_CHANNEL_RANGES_H_
