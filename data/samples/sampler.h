// Sampler: the order of samples, and which of them a rank takes. A position
// counts samples over all epochs and ranks (data/batch_source.h).

#ifndef TAMP_DATA_SAMPLES_SAMPLER_H_
#define TAMP_DATA_SAMPLES_SAMPLER_H_

#include <cstdint>
#include <vector>

#include "core/rank.h"

namespace tamp {

class Sampler {
 public:
  // With shuffle, every epoch is a permutation of its own, drawn uniformly from
  // (seed, epoch) (Fisher and Yates 1938); without, always 0, 1, 2, ...
  // The order is the same on all ranks.
  // REQUIRES: 1 <= num_samples < 2^32; 0 <= rank.index < rank.count.
  Sampler(int64_t num_samples, bool shuffle, uint64_t seed, Rank rank = {});

  // Positions do not come to this sample any more; the others keep their order.
  // REQUIRES: no shuffle; one of the samples that are left, and not the last.
  void LeaveOut(int64_t index);

  int64_t num_samples() const { return num_samples_; }
  int64_t Epoch(int64_t position) const { return position / num_samples_; }

  // The position of sample i, counted from 0, of those that this rank takes
  // from position `begin` on.
  int64_t Position(int64_t begin, int64_t i) const {
    return begin + rank_.index + i * rank_.count;
  }
  // Where all ranks are when each has taken `count` samples from `begin` on.
  int64_t After(int64_t begin, int64_t count) const {
    return begin + count * rank_.count;
  }

  // The sample at a position. Fast while positions stay in one epoch; never
  // allocates. REQUIRES: position >= 0.
  int64_t Index(int64_t position);

 private:
  void Shuffle(int64_t epoch);

  int64_t num_samples_;
  const bool shuffle_;
  const uint64_t key_;
  const Rank rank_;
  int64_t shuffled_epoch_ = -1;
  // With shuffle that of shuffled_epoch_; empty: 0, 1, 2, ...
  std::vector<uint32_t> order_;
};

}  // namespace tamp

#endif  // TAMP_DATA_SAMPLES_SAMPLER_H_
