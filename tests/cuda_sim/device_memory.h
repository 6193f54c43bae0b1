// DeviceMemory: what a test gives a kernel for global memory. The page behind
// its last element is closed: a kernel that goes there is reported in every
// build. (Its first element is aligned for T, not for vectors of T.)

#ifndef TAMP_TESTS_CUDA_SIM_DEVICE_MEMORY_H_
#define TAMP_TESTS_CUDA_SIM_DEVICE_MEMORY_H_

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <vector>

#include "core/check.h"

namespace tamp {
namespace cuda_sim {

template <typename T>
class DeviceMemory {
 public:
  explicit DeviceMemory(const std::vector<T>& values) : size_(values.size()) {
    const size_t page = sysconf(_SC_PAGESIZE), bytes = size_ * sizeof(T);
    const size_t open = (bytes + page - 1) / page * page;
    pages_bytes_ = open + page;
    pages_ = mmap(nullptr, pages_bytes_, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(pages_ != MAP_FAILED);
    char* end = static_cast<char*>(pages_) + open;
    CHECK(mprotect(end, page, PROT_NONE) == 0);
    data_ = reinterpret_cast<T*>(end - bytes);
    std::copy(values.begin(), values.end(), data_);
  }

  DeviceMemory(const DeviceMemory&) = delete;
  ~DeviceMemory() { munmap(pages_, pages_bytes_); }

  T* data() { return data_; }
  std::vector<T> values() const { return {data_, data_ + size_}; }

 private:
  const size_t size_;
  void* pages_ = nullptr;
  size_t pages_bytes_ = 0;
  T* data_ = nullptr;
};

}  // namespace cuda_sim
}  // namespace tamp

#endif  // TAMP_TESTS_CUDA_SIM_DEVICE_MEMORY_H_
