#include "tests/cuda_sim/engine/shared_memory.h"

#include <link.h>

#include <cstdint>
#include <cstring>
#include <string>

#include "core/check.h"
#include "tests/cuda_sim/engine/fault.h"

// AddressSanitizer's interface: null where it is not linked.
extern "C" {
__attribute__((weak)) void __asan_poison_memory_region(const volatile void* p,
                                                       size_t bytes);
__attribute__((weak)) void __asan_unpoison_memory_region(const volatile void* p,
                                                         size_t bytes);
}

namespace tamp {

// What `extern __shared__ T dynamic_shared[]` in kernels refers to.
alignas(
    16) thread_local unsigned char dynamic_shared[cuda_sim::kMaxSharedBytes];

namespace cuda_sim {
namespace {

struct Variables {
  unsigned char* begin = nullptr;
  size_t bytes = 0;
};

// This thread's zero-initialized thread_local variables of the program itself,
// which dl_iterate_phdr lists before its libraries.
int FindUninitialized(dl_phdr_info* info, size_t, void* variables) {
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const ElfW(Phdr)& header = info->dlpi_phdr[i];
    if (header.p_type != PT_TLS) continue;
    *static_cast<Variables*>(variables) = {
        static_cast<unsigned char*>(info->dlpi_tls_data) + header.p_filesz,
        header.p_memsz - header.p_filesz};
  }
  return 1;
}

// These are in no sanitizer's sight: for ThreadSanitizer they would be races
// with the threads of blocks.
void FillWithOnes(unsigned char* begin, size_t bytes) {
  __asm__ volatile("rep stosb"
                   : "+D"(begin), "+c"(bytes)
                   : "a"(0xFF)
                   : "memory");
}

void Copy(const unsigned char* from, size_t bytes, unsigned char* to) {
  __asm__ volatile("rep movsb"
                   : "+S"(from), "+D"(to), "+c"(bytes)
                   :
                   : "memory");
}

}  // namespace

SharedMemory::SharedMemory(size_t dynamic_bytes)
    : dynamic_bytes_(dynamic_bytes) {
  Variables all;
  dl_iterate_phdr(&FindUninitialized, &all);
  unsigned char* const end = all.begin + all.bytes;
  unsigned char* const dynamic_end = dynamic_shared + kMaxSharedBytes;
  CHECK(all.begin <= dynamic_shared && end >= dynamic_end);
  const auto size = [](unsigned char* begin, unsigned char* end) {
    return static_cast<size_t>(end - begin);
  };
  ranges_[0] = {all.begin, size(all.begin, dynamic_shared)};
  ranges_[1] = {dynamic_shared, dynamic_bytes};
  ranges_[2] = {dynamic_end, size(dynamic_end, end)};
  Save(&before_);
  unsigned char* const forbidden = dynamic_shared + dynamic_bytes;
  FillWithOnes(forbidden, size(forbidden, dynamic_end));
  if (__asan_poison_memory_region != nullptr) {
    __asan_poison_memory_region(forbidden, size(forbidden, dynamic_end));
  }
}

SharedMemory::~SharedMemory() {
  if (__asan_unpoison_memory_region != nullptr) {
    __asan_unpoison_memory_region(dynamic_shared, kMaxSharedBytes);
  }
  Load(before_);
  for (size_t i = dynamic_bytes_; i < kMaxSharedBytes; ++i) {
    // Most of it at once.
    uint64_t word = 0;
    if (i + sizeof word <= kMaxSharedBytes) {
      std::memcpy(&word, dynamic_shared + i, sizeof word);
      if (word == ~uint64_t{0}) {
        i += sizeof word - 1;
        continue;
      }
    }
    if (dynamic_shared[i] == 0xFF) continue;
    Fail("byte " + std::to_string(i) + " of dynamic shared memory was written" +
         ", but the launch gave " + std::to_string(dynamic_bytes_) + " bytes");
  }
}

void SharedMemory::Clear() {
  for (const Range& range : ranges_) FillWithOnes(range.begin, range.bytes);
}

void SharedMemory::Save(std::vector<unsigned char>* contents) const {
  contents->resize(ranges_[0].bytes + ranges_[1].bytes + ranges_[2].bytes);
  unsigned char* to = contents->data();
  for (const Range& range : ranges_) {
    Copy(range.begin, range.bytes, to);
    to += range.bytes;
  }
}

void SharedMemory::Load(const std::vector<unsigned char>& contents) {
  const unsigned char* from = contents.data();
  for (const Range& range : ranges_) {
    Copy(from, range.bytes, range.begin);
    from += range.bytes;
  }
}

}  // namespace cuda_sim
}  // namespace tamp
