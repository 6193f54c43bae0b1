#include "tests/cuda_judge/runtime/device_memory.h"

#include <sys/mman.h>

#include "absl/strings/str_cat.h"
#include "core/check.h"

namespace tamp {
namespace cuda_judge {
namespace {

constexpr size_t kAddresses = size_t{1} << 45;

// What looks like an address among a kernel's arguments may be a small number
// in a structure, with a gap behind it that holds half of an old pointer. So no
// block begins where the lower half of an address is a small number, and such
// addresses are nobody's.
constexpr size_t kHalf = size_t{1} << 32;
constexpr size_t kFirstInHalf = size_t{1} << 30;

}  // namespace

DeviceMemory::DeviceMemory() {
  // With room for a begin whose lower half is 0.
  reserved_ = mmap(nullptr, kAddresses + kHalf, PROT_NONE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  CHECK(reserved_ != MAP_FAILED);
  const auto begin = reinterpret_cast<uintptr_t>(reserved_);
  begin_ = static_cast<char*>(reserved_) + (kHalf - begin % kHalf);
}

DeviceMemory::~DeviceMemory() { munmap(reserved_, kAddresses + kHalf); }

void* DeviceMemory::Allocate(size_t bytes, int64_t most_bytes) {
  const auto wanted = static_cast<int64_t>(bytes);
  if (wanted > most_bytes - bytes_taken_) return nullptr;
  const size_t place = next_ + kFirstInHalf;
  next_ = (place + bytes) / kHalf * kHalf + kHalf;
  CHECK_LE(next_, kAddresses);
  bytes_taken_ += wanted;
  blocks_[place] = bytes;
  return begin_ + place;
}

bool DeviceMemory::Free(void* block) {
  if (!Has(block)) return false;
  const auto found = blocks_.find(static_cast<char*>(block) - begin_);
  if (found == blocks_.end()) return false;
  bytes_taken_ -= static_cast<int64_t>(found->second);
  blocks_.erase(found);
  return true;
}

bool DeviceMemory::Has(const void* address) const {
  return address >= begin_ && address < begin_ + kAddresses &&
         reinterpret_cast<uintptr_t>(address) % kHalf >= kFirstInHalf;
}

std::string DeviceMemory::Refusal(const void* address, size_t bytes) const {
  if (!Has(address)) return "not the GPU's memory";
  const size_t place = static_cast<const char*>(address) - begin_;
  auto block = blocks_.upper_bound(place);
  if (block == blocks_.begin()) return "memory that is freed";
  const auto [start, size] = *--block;
  if (place / kHalf > (start + size) / kHalf) return "memory that is freed";
  if (place + bytes <= start + size) return "";
  return absl::StrCat("bytes ", place - start, " to ", place - start + bytes,
                      " of a block of ", size);
}

}  // namespace cuda_judge
}  // namespace tamp
