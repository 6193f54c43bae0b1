// No heap allocation in a training step after the first ones, in any thread.
//
// The test's own malloc counts while it is told to. Under a sanitizer, which
// has its own malloc, operator new is counted instead.

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <new>

#include "gtest/gtest.h"
#include "proto/solver.pb.h"
#include "tests/util/cifar_training.h"
#include "tests/util/test_files.h"

namespace {

std::atomic<bool> is_counting{false};
std::atomic<int> num_allocations{0};

void Count() {
  if (is_counting.load(std::memory_order_relaxed)) ++num_allocations;
}

}  // namespace

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)

void* operator new(size_t size) {
  Count();
  if (void* p = std::malloc(size)) return p;
  throw std::bad_alloc();
}
void* operator new[](size_t size) { return operator new(size); }
void* operator new(size_t size, const std::nothrow_t&) noexcept {
  Count();
  return std::malloc(size);
}
void* operator new[](size_t size, const std::nothrow_t&) noexcept {
  Count();
  return std::malloc(size);
}
void operator delete(void* p) noexcept { std::free(p); }
void operator delete[](void* p) noexcept { std::free(p); }
void operator delete(void* p, size_t) noexcept { std::free(p); }
void operator delete[](void* p, size_t) noexcept { std::free(p); }

#else

extern "C" {

void* __libc_malloc(size_t size);
void* __libc_calloc(size_t count, size_t size);
void* __libc_realloc(void* p, size_t size);
void* __libc_memalign(size_t alignment, size_t size);

void* malloc(size_t size) {
  Count();
  return __libc_malloc(size);
}
void* calloc(size_t count, size_t size) {
  Count();
  return __libc_calloc(count, size);
}
void* realloc(void* p, size_t size) {
  Count();
  return __libc_realloc(p, size);
}
void* aligned_alloc(size_t alignment, size_t size) {
  Count();
  return __libc_memalign(alignment, size);
}
int posix_memalign(void** result, size_t alignment, size_t size) {
  Count();
  *result = __libc_memalign(alignment, size);
  return *result == nullptr ? ENOMEM : 0;
}

}  // extern "C"

#endif

namespace tamp {
namespace {

// The counter itself works, or the tests below would always pass.
TEST(AllocationTest, TheCounterCounts) {
  num_allocations = 0;
  is_counting = true;
  int* volatile number = new int(3);
  is_counting = false;
  delete number;
  EXPECT_EQ(num_allocations, 1);
}

void ExpectNoAllocations(int num_threads, const SolverParameter& parameter,
                         const std::string& folder) {
  CifarTrainingOptions options;
  options.folder = folder;
  options.num_threads = num_threads;
  CifarTraining training(parameter, options);
  // Threads start, and each worker makes its first sample.
  training.Run(4);
  num_allocations = 0;
  is_counting = true;
  training.Run(2);
  is_counting = false;
  EXPECT_EQ(num_allocations, 0) << num_threads << " threads";
}

TEST(AllocationTest, TrainingStep) {
  const std::string folder = EmptyFolder("allocation");
  WriteCifar10(folder, 4, 2);
  SolverParameter parameter =
      CifarSolver(ReadNetWithBatchSize("net/densenet40.prototxt", 2), 6);
  ExpectNoAllocations(1, parameter, folder);
  parameter.set_iter_size(2);
  parameter.set_clip_gradients(1);
  ExpectNoAllocations(2, parameter, folder);
}

}  // namespace
}  // namespace tamp
