#include "tests/cuda_sim/options.h"

#include <algorithm>
#include <ostream>

#include "core/rng.h"

namespace tamp {
namespace cuda_sim {
namespace {

thread_local const ScopedOptions* innermost = nullptr;

}  // namespace

std::string OrderName(const Options& options) {
  switch (options.order) {
    case Order::kForward:
      return "forward order";
    case Order::kReverse:
      return "reverse order";
    case Order::kRandom:
      break;
  }
  return "random order " + std::to_string(options.seed);
}

void PrintTo(const Options& options, std::ostream* out) {
  *out << OrderName(options);
}

std::vector<Options> AllOrders() {
  std::vector<Options> all(5);
  all[1].order = Order::kReverse;
  for (int seed = 1; seed <= 3; ++seed) {
    all[1 + seed].order = Order::kRandom;
    all[1 + seed].seed = seed;
  }
  return all;
}

ScopedOptions::ScopedOptions(const Options& options)
    : options_(options), outer_(innermost) {
  innermost = this;
}

ScopedOptions::~ScopedOptions() { innermost = outer_; }

const Options& ScopedOptions::Current() {
  static const Options defaults;
  return innermost == nullptr ? defaults : innermost->options_;
}

Arranger::Arranger(const Options& options, uint64_t stream)
    : options_(options), stream_(stream) {}

void Arranger::Arrange(std::vector<int>* items) {
  if (options_.order == Order::kReverse) {
    std::reverse(items->begin(), items->end());
  }
  if (options_.order != Order::kRandom) return;
  RandomStream random(options_.seed, stream_ << 32 | round_++);
  for (size_t i = items->size(); i > 1; --i) {
    std::swap((*items)[i - 1], (*items)[random.UniformInt(i)]);
  }
}

}  // namespace cuda_sim
}  // namespace tamp
