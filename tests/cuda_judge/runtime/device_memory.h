// DeviceMemory: addresses of the described GPU. There is nothing behind them,
// and none is used twice, so that what is freed stays known.

#ifndef TAMP_TESTS_CUDA_JUDGE_RUNTIME_DEVICE_MEMORY_H_
#define TAMP_TESTS_CUDA_JUDGE_RUNTIME_DEVICE_MEMORY_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

namespace tamp {
namespace cuda_judge {

class DeviceMemory {
 public:
  // Reserves addresses, which the program cannot touch.
  DeviceMemory();
  DeviceMemory(const DeviceMemory&) = delete;
  ~DeviceMemory();

  // Null when more than `most_bytes` would be taken.
  void* Allocate(size_t bytes, int64_t most_bytes);
  // False unless it is the begin of a block.
  bool Free(void* block);

  // Whether an address is the GPU's.
  bool Has(const void* address) const;
  // Why bytes [address, address + bytes) cannot be used, or "".
  std::string Refusal(const void* address, size_t bytes) const;

  size_t num_blocks() const { return blocks_.size(); }
  int64_t bytes_taken() const { return bytes_taken_; }

 private:
  void* reserved_ = nullptr;
  char* begin_ = nullptr;
  size_t next_ = 0;
  int64_t bytes_taken_ = 0;
  std::map<size_t, size_t> blocks_;  // where they begin, and their sizes
};

}  // namespace cuda_judge
}  // namespace tamp

#endif  // TAMP_TESTS_CUDA_JUDGE_RUNTIME_DEVICE_MEMORY_H_
