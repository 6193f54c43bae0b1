// The shared memory of blocks. __shared__ means thread_local, so that a
// kernel's arrays and
//
//   extern __shared__ float dynamic_shared[];
//
// (this name, in namespace tamp, of any type) are where the loader puts the
// thread_local variables of a program that have no initial value.

#ifndef TAMP_TESTS_CUDA_SIM_ENGINE_SHARED_MEMORY_H_
#define TAMP_TESTS_CUDA_SIM_ENGINE_SHARED_MEMORY_H_

#include <cstddef>
#include <vector>

namespace tamp {
namespace cuda_sim {

// More is refused by a device unless the host asks for it.
constexpr size_t kMaxSharedBytes = 48 << 10;

// While one exists, all such variables of this thread, whoever else they belong
// to, are shared memory of blocks that are given `dynamic_bytes` each;
// afterwards they are again as they were. What was written beyond those bytes
// is reported at the end; AddressSanitizer reports at once what is read or
// written there.
class SharedMemory {
 public:
  explicit SharedMemory(size_t dynamic_bytes);
  SharedMemory(const SharedMemory&) = delete;
  ~SharedMemory();

  // All ones, which is NaN: for a block that begins.
  void Clear();
  // For blocks that take turns on this thread.
  void Save(std::vector<unsigned char>* contents) const;
  void Load(const std::vector<unsigned char>& contents);

 private:
  struct Range {
    unsigned char* begin;
    size_t bytes;
  };

  const size_t dynamic_bytes_;
  // What blocks may write: the other variables before and behind the dynamic
  // ones, and those.
  Range ranges_[3];
  std::vector<unsigned char> before_;
};

}  // namespace cuda_sim
}  // namespace tamp

#endif  // TAMP_TESTS_CUDA_SIM_ENGINE_SHARED_MEMORY_H_
