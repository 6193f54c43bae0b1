// The memory of simulated devices, and pinned memory of the host.
//
// A device's memory is all ones (NaN) at first, and closed to everybody unless
// the device works: then it alone is open, or what the work is known to use. A
// closed page begins less than 256
// bytes behind the end of a block, and one ends less than a page before its
// begin; whether somebody wrote to the bytes between is seen when it is freed.
// An address is never used twice, so that what is freed stays known.
//
// Called with the runtime locked (tests/cuda_sim/runtime/state/api_call.h).

#ifndef TAMP_TESTS_CUDA_SIM_RUNTIME_STATE_MEMORY_H_
#define TAMP_TESTS_CUDA_SIM_RUNTIME_STATE_MEMORY_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tests/cuda_sim/runtime/queue_work.h"

namespace tamp {
namespace cuda_sim {

constexpr int kPinned = -1;  // instead of a device's number

struct MemoryBlock {
  char* begin = nullptr;
  size_t bytes = 0;
  int device = kPinned;
  bool is_freed = false;
  // Without the closed pages around them.
  char* pages = nullptr;
  size_t pages_bytes = 0;

  char* end() const { return begin + bytes; }
};

// "64 bytes of device 0", "32 bytes of pinned memory".
std::string NameOf(const MemoryBlock& block);

class SimulatedMemory {
 public:
  // The one that there is.
  static SimulatedMemory& Get();

  // REQUIRES: bytes > 0. Null where the machine has no such memory.
  void* Allocate(int device, size_t bytes);
  // `call` is for messages. Fails unless `memory` is a block's begin and not
  // yet freed.
  void Free(const char* call, int device, void* memory);

  // The block, maybe freed, that the address lies in or at the end of; null
  // where there is none.
  const MemoryBlock* Find(const void* address) const;

  // Opens the memory of one device and closes that of the others.
  void Open(int device);
  // Opens at least these bytes of it: a copy of few bytes takes less time than
  // to open and close all that a net has. What is pinned is always open.
  void Open(int device, const std::vector<MemoryRange>& ranges);
  void Close();

  size_t used_bytes(int device) const;
  // Of all that is not freed: "" or a list.
  std::string DescribeLeft() const;

 private:
  SimulatedMemory();
  void CheckMargins(const char* call, const MemoryBlock& block);
  void OpenPart(const MemoryRange& range);

  std::map<const char*, MemoryBlock> blocks_;  // by the begin of their pages
  std::map<int, size_t> used_bytes_;
  int open_device_ = kPinned;  // none
  // Of one device, while none is open as a whole: whole pages.
  int parts_device_ = kPinned;
  std::vector<std::pair<char*, size_t>> parts_;
};

}  // namespace cuda_sim
}  // namespace tamp

#endif  // TAMP_TESTS_CUDA_SIM_RUNTIME_STATE_MEMORY_H_
