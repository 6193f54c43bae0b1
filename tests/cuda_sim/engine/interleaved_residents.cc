#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "tests/cuda_sim/engine/fiber_pool.h"
#include "tests/cuda_sim/engine/residents.h"
#include "tests/cuda_sim/engine/shared_memory.h"

namespace tamp {
namespace cuda_sim {
namespace {

// This thread's, kept from launch to launch: a fiber stays on its thread.
FiberPool* ThreadsFibers() {
  static std::mutex& mutex = *new std::mutex;
  static auto& pools = *new std::map<std::thread::id, FiberPool>;
  const std::lock_guard<std::mutex> lock(mutex);
  return &pools.try_emplace(std::this_thread::get_id(), &Block::RunThreads)
              .first->second;
}

class InterleavedResidents : public Residents {
 public:
  InterleavedResidents(int n, const GridRun& run)
      : run_(run),
        fibers_(ThreadsFibers()),
        residents_(n),
        shared_memory_(run.size.shared_bytes) {}

  void Begin(int i, int64_t block) override {
    auto& own = residents_[i].block;
    if (!own.has_value()) {
      own.emplace(run_.size, run_.options, 1 + i, run_.body, fibers_);
    }
    PutAway(i);
    shared_memory_.Clear();
    in_place_ = i;
    own->Begin(block);
  }

  void RunRound(int i) override {
    if (in_place_ != i) {
      PutAway(i);
      shared_memory_.Load(residents_[i].shared_memory);
      in_place_ = i;
    }
    residents_[i].block->RunRound();
  }

  bool IsRunning(int i) const override {
    const auto& block = residents_[i].block;
    return block.has_value() && !block->has_ended();
  }

 private:
  struct Resident {
    std::optional<Block> block;  // from its first on
    std::vector<unsigned char> shared_memory;
  };

  // The shared memory of who ran last, unless its block has ended.
  void PutAway(int next) {
    if (in_place_ < 0 || in_place_ == next || !IsRunning(in_place_)) return;
    shared_memory_.Save(&residents_[in_place_].shared_memory);
  }

  const GridRun run_;
  FiberPool* const fibers_;
  std::vector<Resident> residents_;
  int in_place_ = -1;  // whose shared memory it is
  SharedMemory shared_memory_;
};

}  // namespace

std::unique_ptr<Residents> MakeInterleavedResidents(int n, const GridRun& run) {
  return std::make_unique<InterleavedResidents>(n, run);
}

}  // namespace cuda_sim
}  // namespace tamp
