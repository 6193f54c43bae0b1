// A block that runs: its threads are fibers of one thread of the host.
//
// It runs in rounds. A round goes on with every thread that can run, one after
// the other in the order of the options, until each has ended or has called
// what waits for others (a barrier, an exchange within a warp) or lets them
// pass (an atomic operation). After a round the calls are complete whose
// threads have all come, and the next block has its turn.

#ifndef TAMP_TESTS_CUDA_SIM_ENGINE_BLOCK_H_
#define TAMP_TESTS_CUDA_SIM_ENGINE_BLOCK_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "tests/cuda_sim/engine/cuda_thread.h"
#include "tests/cuda_sim/language/cuda_types.h"
#include "tests/cuda_sim/options.h"

namespace tamp {
namespace cuda_sim {

struct LaunchSize {
  dim3 grid, block;
  size_t shared_bytes = 0;
};

class Block {
 public:
  // `body` is the kernel with its arguments.
  Block(const LaunchSize& size, const Options& options, uint64_t random_stream,
        const std::function<void()>* body);
  Block(const Block&) = delete;
  // What the block's threads did happens before what is done after this.
  ~Block();

  // Before the first Run, on its thread of the host: what was done before this
  // (by who made the thread, and the memory that it has) happens before `body`.
  void Start();

  // Runs block number `block` of the grid; calls `end_round` after each round
  // but the last. One block after the other may be run.
  void Run(int64_t block, const std::function<void()>& end_round);

  // For CudaThread `thread`, on its fiber: waits as its fields say.
  void Await(CudaThread* thread);

  // The thread that runs, null outside of kernels.
  static CudaThread* CurrentThread();

 private:
  void RunThread(CudaThread* thread);  // a fiber's body
  void RunRound(std::vector<int>* ready);
  std::vector<int> Ready() const;
  // Each answers the waiting threads of one call if all have come.
  void CompleteBarrier();
  void CompleteWarp(int warp);
  void CompleteWarpCall(int warp, uint32_t arrived, uint32_t mask);
  [[noreturn]] void ReportDeadlock() const;

  int num_threads() const { return static_cast<int>(threads_.size()); }
  int Count(Wait wait) const;

  const LaunchSize size_;
  const std::function<void()>& body_;
  Arranger arranger_;
  std::vector<std::unique_ptr<CudaThread>> threads_;
  // Release and Acquire: the host before the kernel; barriers by turns; the
  // ends of threads, of this block and of the one before it in this memory.
  char start_token_ = 0;
  char barrier_tokens_[2] = {};
  char end_tokens_[2] = {};
  int num_barriers_ = 0;
  int num_blocks_ = 0;
};

}  // namespace cuda_sim
}  // namespace tamp

#endif  // TAMP_TESTS_CUDA_SIM_ENGINE_BLOCK_H_
