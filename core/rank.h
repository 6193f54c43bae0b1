// Rank: which of several processes that train one net side by side this is.
//
// The ranks share each global batch: of its samples, rank `index` takes those
// at positions index, index + count, index + 2 count, ... A global batch is
// `count` times what one rank takes.

#ifndef TAMP_CORE_RANK_H_
#define TAMP_CORE_RANK_H_

namespace tamp {

struct Rank {
  int index = 0;  // 0..count-1
  int count = 1;  // positive
};

}  // namespace tamp

#endif  // TAMP_CORE_RANK_H_
