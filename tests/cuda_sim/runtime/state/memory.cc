#include "tests/cuda_sim/runtime/state/memory.h"

#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "core/check.h"
#include "tests/cuda_sim/engine/fault.h"

namespace tamp {
namespace cuda_sim {
namespace {

// Of cudaMalloc (CUDA C++ Programming Guide, "Device Memory Accesses").
constexpr size_t kAlignment = 256;
constexpr unsigned char kUnwritten = 0xFF;

size_t RoundUp(size_t bytes, size_t unit) {
  return (bytes + unit - 1) / unit * unit;
}

size_t PageBytes() {
  static const size_t bytes = sysconf(_SC_PAGESIZE);
  return bytes;
}

void Protect(char* pages, size_t bytes, int protection) {
  CHECK(mprotect(pages, bytes, protection) == 0);
}

void Protect(const MemoryBlock& block, int protection) {
  Protect(block.pages, block.pages_bytes, protection);
}

// The host has no business there. (While a kernel runs, the engine reports it.)
void ReportAddress(int signal, siginfo_t* info, void*) {
  const MemoryBlock* block = SimulatedMemory::Get().Find(info->si_addr);
  if (block != nullptr) {
    Fail("the host touches " + NameOf(*block) +
         (block->is_freed ? ", which is freed" : ""));
  }
  // Not ours: comes again, and ends the program as it would have.
  ::signal(signal, SIG_DFL);
}

}  // namespace

std::string NameOf(const MemoryBlock& block) {
  return std::to_string(block.bytes) + " bytes of " +
         (block.device == kPinned ? "pinned memory"
                                  : "device " + std::to_string(block.device));
}

SimulatedMemory::SimulatedMemory() {
  struct sigaction action = {};
  action.sa_sigaction = &ReportAddress;
  action.sa_flags = SA_SIGINFO;
  sigaction(SIGSEGV, &action, nullptr);
}

SimulatedMemory& SimulatedMemory::Get() {
  static SimulatedMemory& memory = *new SimulatedMemory;
  return memory;
}

void* SimulatedMemory::Allocate(int device, size_t bytes) {
  const size_t page = PageBytes();
  const size_t open = RoundUp(RoundUp(bytes, kAlignment), page);
  if (open < bytes) return nullptr;
  void* all = mmap(nullptr, open + 2 * page, PROT_NONE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (all == MAP_FAILED) return nullptr;
  MemoryBlock block;
  block.pages = static_cast<char*>(all) + page;
  block.pages_bytes = open;
  block.begin = block.pages + open - RoundUp(bytes, kAlignment);
  block.bytes = bytes;
  block.device = device;
  Protect(block, PROT_READ | PROT_WRITE);
  // Fewer pages are opened and closed sooner; where there are no huge ones, all
  // stays as it is.
  madvise(block.pages, open, MADV_HUGEPAGE);
  std::memset(block.pages, kUnwritten, open);
  if (device != kPinned && device != open_device_) Protect(block, PROT_NONE);
  blocks_[block.pages] = block;
  used_bytes_[device] += bytes;
  return block.begin;
}

void SimulatedMemory::Free(const char* call, int device, void* memory) {
  const MemoryBlock* found = Find(memory);
  if (found == nullptr || found->begin != memory ||
      (found->device == kPinned) != (device == kPinned)) {
    Fail(std::string(call) + ": not the begin of such memory");
  }
  if (found->is_freed) {
    Fail(std::string(call) + ": " + NameOf(*found) + " are freed twice");
  }
  MemoryBlock& block = blocks_[found->pages];
  CheckMargins(call, block);
  block.is_freed = true;
  used_bytes_[block.device] -= block.bytes;
  // The address stays taken, the memory goes back.
  CHECK(mmap(block.pages, block.pages_bytes, PROT_NONE,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1,
             0) == block.pages);
}

void SimulatedMemory::CheckMargins(const char* call, const MemoryBlock& block) {
  Protect(block, PROT_READ);
  const auto is_unwritten = [](const char* begin, const char* end) {
    return std::all_of(begin, end, [](char byte) {
      return static_cast<unsigned char>(byte) == kUnwritten;
    });
  };
  const char* pages_end = block.pages + block.pages_bytes;
  if (!is_unwritten(block.pages, block.begin)) {
    Fail(std::string(call) + ": somebody wrote before " + NameOf(block));
  }
  if (!is_unwritten(block.end(), pages_end)) {
    Fail(std::string(call) + ": somebody wrote behind " + NameOf(block));
  }
}

const MemoryBlock* SimulatedMemory::Find(const void* address) const {
  const char* place = static_cast<const char*>(address);
  auto next = blocks_.upper_bound(place);
  if (next == blocks_.begin()) return nullptr;
  const MemoryBlock& block = std::prev(next)->second;
  return place <= block.pages + block.pages_bytes ? &block : nullptr;
}

void SimulatedMemory::Open(int device) {
  if (device == open_device_) return;
  Close();
  open_device_ = device;
  for (const auto& [pages, block] : blocks_) {
    if (block.device != device || block.is_freed) continue;
    Protect(block, PROT_READ | PROT_WRITE);
  }
}

void SimulatedMemory::OpenPart(const MemoryRange& range) {
  const MemoryBlock* block = Find(range.begin);
  if (range.bytes == 0 || block->device == kPinned) return;
  const size_t page = PageBytes();
  const size_t offset = static_cast<const char*>(range.begin) - block->pages;
  char* const begin = block->pages + offset / page * page;
  const size_t bytes = RoundUp(offset % page + range.bytes, page);
  Protect(begin, bytes, PROT_READ | PROT_WRITE);
  parts_.push_back({begin, bytes});
}

void SimulatedMemory::Open(int device, const std::vector<MemoryRange>& ranges) {
  if (device == open_device_) return;
  if (device != parts_device_) Close();
  parts_device_ = device;
  for (const MemoryRange& range : ranges) OpenPart(range);
}

void SimulatedMemory::Close() {
  for (const auto& [pages, bytes] : parts_) Protect(pages, bytes, PROT_NONE);
  parts_.clear();
  parts_device_ = kPinned;
  if (open_device_ == kPinned) return;
  for (const auto& [pages, block] : blocks_) {
    if (block.device != open_device_ || block.is_freed) continue;
    Protect(block, PROT_NONE);
  }
  open_device_ = kPinned;
}

size_t SimulatedMemory::used_bytes(int device) const {
  const auto found = used_bytes_.find(device);
  return found == used_bytes_.end() ? 0 : found->second;
}

std::string SimulatedMemory::DescribeLeft() const {
  std::string left;
  for (const auto& [pages, block] : blocks_) {
    if (block.is_freed) continue;
    left += (left.empty() ? "" : ", ") + NameOf(block);
  }
  return left;
}

}  // namespace cuda_sim
}  // namespace tamp
