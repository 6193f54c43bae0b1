#include "tests/cuda_sim/runtime/state/ranges.h"

#include "tests/cuda_sim/engine/fault.h"
#include "tests/cuda_sim/runtime/state/memory.h"

namespace tamp {
namespace cuda_sim {

void CheckRange(const std::string& user, int device, const MemoryRange& range) {
  if (range.bytes == 0) return;
  const char* begin = static_cast<const char*>(range.begin);
  const MemoryBlock* block = SimulatedMemory::Get().Find(begin);
  const std::string wanted = device == kPinned
                                 ? "pinned memory"
                                 : "memory of device " + std::to_string(device);
  if (block == nullptr) Fail(user + ": an address that is not " + wanted);
  if (block->is_freed) Fail(user + ": " + NameOf(*block) + " that are freed");
  if (block->device != device) {
    Fail(user + ": " + NameOf(*block) + ", not " + wanted);
  }
  if (begin < block->begin || begin > block->end() ||
      range.bytes > static_cast<size_t>(block->end() - begin)) {
    Fail(user + ": " + std::to_string(range.bytes) + " bytes from " +
         std::to_string(begin - block->begin) + " on, of " + NameOf(*block));
  }
}

void CheckStillThere(const Work& work) {
  for (const auto* ranges : {&work.reads, &work.writes}) {
    for (const MemoryRange& range : *ranges) {
      const MemoryBlock* block = SimulatedMemory::Get().Find(range.begin);
      if (range.bytes == 0 || !block->is_freed) continue;
      Fail(work.name + ": " + NameOf(*block) + " that are freed");
    }
  }
}

}  // namespace cuda_sim
}  // namespace tamp
