// The shared memory of a block. Each block runs on a thread of the host, and
// __shared__ means thread_local, so that a kernel's arrays and
//
//   extern __shared__ float dynamic_shared[];
//
// (this name, in namespace tamp, of any type) are where the loader puts the
// thread_local variables of a program that have no initial value.

#ifndef TAMP_TESTS_CUDA_SIM_ENGINE_SHARED_MEMORY_H_
#define TAMP_TESTS_CUDA_SIM_ENGINE_SHARED_MEMORY_H_

#include <cstddef>

namespace tamp {
namespace cuda_sim {

// More is refused by a device unless the host asks for it.
constexpr size_t kMaxSharedBytes = 48 << 10;

// While one exists, this thread's shared memory belongs to a block that is
// given `dynamic_bytes` of it: all ones at first, which is NaN. What was
// written beyond those bytes is reported when the block ends; AddressSanitizer
// reports at once what is read or written there.
//
// It fills all such variables of the program, so the thread must not run
// anything before that uses others.
class SharedMemory {
 public:
  explicit SharedMemory(size_t dynamic_bytes);
  SharedMemory(const SharedMemory&) = delete;
  ~SharedMemory();

 private:
  const size_t dynamic_bytes_;
};

}  // namespace cuda_sim
}  // namespace tamp

#endif  // TAMP_TESTS_CUDA_SIM_ENGINE_SHARED_MEMORY_H_
