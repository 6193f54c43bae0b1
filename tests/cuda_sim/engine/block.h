// A block that runs: its threads are fibers of one thread of the host.
//
// It runs in rounds. A round goes on with every thread that can run, one after
// the other in the order of the options, until each has ended or has called
// what waits for others (a barrier, an exchange within a warp) or lets them
// pass (an atomic operation). Each gives its turn to the next one, and the last
// to the host. After a round the calls are complete whose threads have all
// come, and the next block has its turn.

#ifndef TAMP_TESTS_CUDA_SIM_ENGINE_BLOCK_H_
#define TAMP_TESTS_CUDA_SIM_ENGINE_BLOCK_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "tests/cuda_sim/engine/cuda_thread.h"
#include "tests/cuda_sim/engine/fiber_pool.h"
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
  // `body` is the kernel with its arguments. What was done before this happens
  // before `body`.
  Block(const LaunchSize& size, const Options& options, uint64_t random_stream,
        const std::function<void()>* body, FiberPool* fibers);
  Block(const Block&) = delete;
  // What the block's threads did happens before what is done after this.
  ~Block();

  // Before the first Begin, on the thread of the host: who made that thread and
  // the memory that it has are ordered before `body` too.
  void Start();

  // Block number `block` of the grid begins, in shared memory that is cleared;
  // the one before it has ended.
  void Begin(int64_t block);
  // REQUIRES: it has not ended.
  void RunRound();
  bool has_ended() const { return num_ended_ == num_threads(); }

  // For CudaThread `thread`, on its fiber: waits as its fields say.
  void Await(CudaThread* thread);

  // The thread that runs, null outside of kernels.
  static CudaThread* CurrentThread();

  // A fiber's body: runs the threads that it is given.
  [[noreturn]] static void RunThreads();

 private:
  // What the lanes of a warp exchange. A lane's value stays until all have read
  // it, since each goes on before the next call is complete.
  using Values = std::array<uint64_t, 32>;

  static void RunThread();
  // Who runs next in this round: a thread's fiber, at last the host's.
  Fiber* Next();
  void TakeFiber(CudaThread* thread);  // unless it has one
  void FindReady();
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
  FiberPool* const fibers_;
  uint3 index_ = {};
  std::vector<CudaThread> threads_;
  std::vector<Values> warps_;
  // The threads of a round in its order, and how many have begun theirs.
  std::vector<int> ready_;
  size_t num_begun_ = 0;
  Fiber* host_ = nullptr;  // who runs the round
  int num_ended_ = 0;
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
