#include "tests/cuda_sim/engine/turns.h"

#include <algorithm>
#include <numeric>

namespace tamp {
namespace cuda_sim {

Turns::Turns(int n, const Options& options) : here_(n), arranger_(options, 0) {
  std::iota(here_.begin(), here_.end(), 0);
}

int Turns::Next() {
  if (next_.empty()) {
    next_ = here_;
    arranger_.Arrange(&next_);
    std::reverse(next_.begin(), next_.end());
  }
  if (next_.empty()) return -1;
  const int i = next_.back();
  next_.pop_back();
  return i;
}

void Turns::Leave(int i) {
  here_.erase(std::remove(here_.begin(), here_.end(), i), here_.end());
}

}  // namespace cuda_sim
}  // namespace tamp
