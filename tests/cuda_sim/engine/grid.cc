#include "tests/cuda_sim/engine/grid.h"

#include <signal.h>

#include <algorithm>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include "tests/cuda_sim/engine/fault.h"
#include "tests/cuda_sim/engine/fiber.h"
#include "tests/cuda_sim/engine/residents.h"
#include "tests/cuda_sim/engine/shared_memory.h"
#include "tests/cuda_sim/engine/turns.h"

namespace tamp {
namespace cuda_sim {
namespace {

std::string ToString(const dim3& size) {
  return "(" + std::to_string(size.x) + "," + std::to_string(size.y) + "," +
         std::to_string(size.z) + ")";
}

int64_t Volume(const dim3& size) { return int64_t{size.x} * size.y * size.z; }

// While one exists, signals are reported that a kernel's wrong address ends in.
class AddressReports {
 public:
  AddressReports() {
    struct sigaction action = {};
    action.sa_handler = &Report;
    sigaction(SIGILL, &action, &before_index_);
    sigaction(SIGSEGV, &action, &before_memory_);
  }
  AddressReports(const AddressReports&) = delete;
  ~AddressReports() {
    sigaction(SIGILL, &before_index_, nullptr);
    sigaction(SIGSEGV, &before_memory_, nullptr);
  }

 private:
  static void Report(int signal) {
    const CudaThread* thread = Block::CurrentThread();
    // Kernels are compiled so that a wrong index is an illegal instruction
    // (tests/cuda_sim/cuda_sim.bzl).
    Fail((thread == nullptr ? "the host" : NameOf(*thread)) +
         (signal == SIGILL ? ": an index is outside of its array"
                           : ": an address is outside of its memory"));
  }

  struct sigaction before_index_ = {}, before_memory_ = {};
};

}  // namespace

// The limits of all devices since compute capability 3.5 (CUDA C++ Programming
// Guide, "Technical Specifications per Compute Capability").
void CheckLaunch(const LaunchSize& size) {
  const dim3 &grid = size.grid, &block = size.block;
  if (Volume(block) < 1 || Volume(block) > 1024 || block.z > 64) {
    Fail("a block of " + ToString(block) + " threads: 1 to 1024, 64 deep");
  }
  if (Volume(grid) < 1 || grid.x > 0x7fffffff || grid.y > 0xffff ||
      grid.z > 0xffff) {
    Fail("a grid of " + ToString(grid) +
         " blocks: 1 to (2147483647,65535,65535)");
  }
  if (size.shared_bytes > kMaxSharedBytes) {
    Fail(std::to_string(size.shared_bytes) +
         " bytes of shared memory: at most " + std::to_string(kMaxSharedBytes));
  }
}

void RunGrid(const LaunchSize& size, const Options& options,
             const std::function<void()>& body) {
  CheckLaunch(size);
  const AddressReports address_reports;
  std::vector<int> blocks(Volume(size.grid));
  std::iota(blocks.begin(), blocks.end(), 0);
  Arranger(options, 0).Arrange(&blocks);
  const int n = std::min<int>(options.resident_blocks, blocks.size());
  const GridRun run = {size, options, &body};
  const auto residents = HasRaceDetector() ? MakeThreadedResidents(n, run)
                                           : MakeInterleavedResidents(n, run);
  Turns turns(n, options);
  size_t next = 0;  // of `blocks`; whoever has the turn takes it
  for (int i = turns.Next(); i >= 0; i = turns.Next()) {
    if (!residents->IsRunning(i)) {
      if (next == blocks.size()) {
        turns.Leave(i);
        continue;
      }
      residents->Begin(i, blocks[next++]);
    }
    residents->RunRound(i);
  }
}

}  // namespace cuda_sim
}  // namespace tamp
