// Workspace for tests of kernels.

#ifndef TAMP_TESTS_UTIL_KERNEL_WORKSPACE_H_
#define TAMP_TESTS_UTIL_KERNEL_WORKSPACE_H_

#include <cstdint>
#include <limits>
#include <vector>

namespace tamp {

// Bytes of workspace with NaNs in it and canaries behind it, at an address that
// is aligned to 4 bytes only.
class KernelWorkspace {
 public:
  explicit KernelWorkspace(int64_t bytes)
      : size_((bytes + 3) / 4),
        memory_(1 + size_ + kCanaries,
                std::numeric_limits<float>::quiet_NaN()) {
    for (int i = 0; i < kCanaries; ++i) memory_[1 + size_ + i] = kCanary;
  }
  void* data() { return memory_.data() + 1; }
  bool BoundsAreRespected() const {
    for (int i = 0; i < kCanaries; ++i) {
      if (memory_[1 + size_ + i] != kCanary) return false;
    }
    return true;
  }

 private:
  static constexpr int kCanaries = 64;
  static constexpr float kCanary = -12345.5f;
  int64_t size_;
  std::vector<float> memory_;
};

}  // namespace tamp

#endif  // TAMP_TESTS_UTIL_KERNEL_WORKSPACE_H_
