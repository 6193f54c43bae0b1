#include "data/samples/sampler.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <utility>

#include "core/check.h"
#include "core/rng.h"

namespace tamp {

Sampler::Sampler(int64_t num_samples, bool shuffle, uint64_t seed, Rank rank)
    : num_samples_(num_samples),
      shuffle_(shuffle),
      key_(DeriveKey(seed, "shuffle")),
      rank_(rank) {
  CHECK(num_samples >= 1 &&
        num_samples <= std::numeric_limits<uint32_t>::max());
  CHECK(rank.index >= 0 && rank.index < rank.count);
  if (shuffle) order_.resize(num_samples);
}

void Sampler::LeaveOut(int64_t index) {
  CHECK(!shuffle_ && num_samples_ > 1);
  if (order_.empty()) {
    order_.resize(num_samples_);
    std::iota(order_.begin(), order_.end(), 0u);
  }
  const auto found = std::lower_bound(order_.begin(), order_.end(), index);
  CHECK(found != order_.end() && *found == index);
  order_.erase(found);
  --num_samples_;
}

int64_t Sampler::Index(int64_t position) {
  CHECK_GE(position, 0);
  const int64_t place = position % num_samples_;
  if (order_.empty()) return place;
  const int64_t epoch = Epoch(position);
  if (shuffle_ && epoch != shuffled_epoch_) Shuffle(epoch);
  return order_[place];
}

void Sampler::Shuffle(int64_t epoch) {
  std::iota(order_.begin(), order_.end(), 0u);
  RandomStream random(key_, epoch);
  for (uint32_t i = order_.size(); i > 1; --i) {
    std::swap(order_[i - 1], order_[random.UniformInt(i)]);
  }
  shuffled_epoch_ = epoch;
}

}  // namespace tamp
