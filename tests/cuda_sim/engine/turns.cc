#include "tests/cuda_sim/engine/turns.h"

#include <algorithm>

namespace tamp {
namespace cuda_sim {

Turns::Turns(int n, const Options& options)
    : is_here_(n, true), arranger_(options, 0) {
  Choose();
}

void Turns::Await(int i) {
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait(lock, [&] { return running_ == i; });
}

void Turns::Pass(int i) {
  std::unique_lock<std::mutex> lock(mutex_);
  Choose();
  if (running_ == i) return;
  changed_.notify_all();
  changed_.wait(lock, [&] { return running_ == i; });
}

void Turns::Leave(int i) {
  std::unique_lock<std::mutex> lock(mutex_);
  is_here_[i] = false;
  next_.erase(std::remove(next_.begin(), next_.end(), i), next_.end());
  Choose();
  changed_.notify_all();
}

void Turns::Choose() {
  if (next_.empty()) {
    for (int i = 0; i < static_cast<int>(is_here_.size()); ++i) {
      if (is_here_[i]) next_.push_back(i);
    }
    arranger_.Arrange(&next_);
    std::reverse(next_.begin(), next_.end());
  }
  if (next_.empty()) return;
  running_ = next_.back();
  next_.pop_back();
}

}  // namespace cuda_sim
}  // namespace tamp
