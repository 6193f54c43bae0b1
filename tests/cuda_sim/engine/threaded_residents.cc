#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "tests/cuda_sim/engine/fiber_pool.h"
#include "tests/cuda_sim/engine/residents.h"
#include "tests/cuda_sim/engine/shared_memory.h"

namespace tamp {
namespace cuda_sim {
namespace {

// A thread that does what it is told.
class Worker {
 public:
  Worker() : thread_([this] { Work(); }) {}
  Worker(const Worker&) = delete;
  ~Worker() {
    Tell([this] { is_over_ = true; });
    thread_.join();
  }

  // Returns when it is done.
  void Tell(std::function<void()> task) {
    std::unique_lock<std::mutex> lock(mutex_);
    task_ = std::move(task);
    changed_.notify_one();
    changed_.wait(lock, [&] { return task_ == nullptr; });
  }

 private:
  void Work() {
    std::unique_lock<std::mutex> lock(mutex_);
    while (!is_over_) {
      changed_.wait(lock, [&] { return task_ != nullptr; });
      task_();
      task_ = nullptr;
      changed_.notify_one();
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::function<void()> task_;
  bool is_over_ = false;
  std::thread thread_;
};

struct Resident {
  Resident(const GridRun& run, int i)
      : fibers(&Block::RunThreads),
        block(run.size, run.options, 1 + i, run.body, &fibers) {
    worker.Tell([&] {
      block.Start();
      shared_memory.emplace(run.size.shared_bytes);
    });
  }
  ~Resident() {
    worker.Tell([&] { shared_memory.reset(); });
  }

  FiberPool fibers;
  Block block;
  std::optional<SharedMemory> shared_memory;  // of the worker
  Worker worker;
};

class ThreadedResidents : public Residents {
 public:
  // All before any runs, so that nothing orders one behind another.
  ThreadedResidents(int n, const GridRun& run) {
    for (int i = 0; i < n; ++i) {
      residents_.push_back(std::make_unique<Resident>(run, i));
    }
  }

  void Begin(int i, int64_t block) override {
    Resident* resident = residents_[i].get();
    resident->worker.Tell([=] {
      resident->shared_memory->Clear();
      resident->block.Begin(block);
    });
  }

  void RunRound(int i) override {
    Resident* resident = residents_[i].get();
    resident->worker.Tell([=] { resident->block.RunRound(); });
  }

  bool IsRunning(int i) const override {
    return !residents_[i]->block.has_ended();
  }

 private:
  std::vector<std::unique_ptr<Resident>> residents_;
};

}  // namespace

std::unique_ptr<Residents> MakeThreadedResidents(int n, const GridRun& run) {
  return std::make_unique<ThreadedResidents>(n, run);
}

}  // namespace cuda_sim
}  // namespace tamp
