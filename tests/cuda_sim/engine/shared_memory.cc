#include "tests/cuda_sim/engine/shared_memory.h"

#include <link.h>

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

struct Range {
  unsigned char* begin = nullptr;
  size_t bytes = 0;
};

// This thread's zero-initialized thread_local variables of the program itself,
// which dl_iterate_phdr lists before its libraries.
int FindUninitialized(dl_phdr_info* info, size_t, void* range) {
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const ElfW(Phdr)& header = info->dlpi_phdr[i];
    if (header.p_type != PT_TLS) continue;
    *static_cast<Range*>(range) = {
        static_cast<unsigned char*>(info->dlpi_tls_data) + header.p_filesz,
        header.p_memsz - header.p_filesz};
  }
  return 1;
}

// In no sanitizer's sight: for ThreadSanitizer it would be a race with the
// block before.
void FillWithOnes(const Range& range) {
  unsigned char* begin = range.begin;
  size_t bytes = range.bytes;
  __asm__ volatile("rep stosb"
                   : "+D"(begin), "+c"(bytes)
                   : "a"(0xFF)
                   : "memory");
}

}  // namespace

SharedMemory::SharedMemory(size_t dynamic_bytes)
    : dynamic_bytes_(dynamic_bytes) {
  Range range;
  dl_iterate_phdr(&FindUninitialized, &range);
  CHECK(range.begin <= dynamic_shared &&
        range.begin + range.bytes >= dynamic_shared + kMaxSharedBytes);
  FillWithOnes(range);
  if (__asan_poison_memory_region != nullptr) {
    __asan_poison_memory_region(dynamic_shared + dynamic_bytes,
                                kMaxSharedBytes - dynamic_bytes);
  }
}

SharedMemory::~SharedMemory() {
  if (__asan_unpoison_memory_region != nullptr) {
    __asan_unpoison_memory_region(dynamic_shared, kMaxSharedBytes);
  }
  for (size_t i = dynamic_bytes_; i < kMaxSharedBytes; ++i) {
    if (dynamic_shared[i] == 0xFF) continue;
    Fail("byte " + std::to_string(i) + " of dynamic shared memory was written" +
         ", but the launch gave " + std::to_string(dynamic_bytes_) + " bytes");
  }
}

}  // namespace cuda_sim
}  // namespace tamp
