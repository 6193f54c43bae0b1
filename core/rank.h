// Rank: which of several processes that train one net side by side this is.
//
// The ranks share each global batch, which is `count` times what one rank
// takes: of its samples rank `index` takes the first that is left to it and
// every count-th behind it, index, index + count, index + 2 count, ...
// (data/batch_source.h).

#ifndef TAMP_CORE_RANK_H_
#define TAMP_CORE_RANK_H_

namespace tamp {

struct Rank {
  int index = 0;  // 0..count-1
  int count = 1;  // positive
};

}  // namespace tamp

#endif  // TAMP_CORE_RANK_H_
