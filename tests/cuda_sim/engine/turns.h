// Who of several threads of the host runs: one at a time.

#ifndef TAMP_TESTS_CUDA_SIM_ENGINE_TURNS_H_
#define TAMP_TESTS_CUDA_SIM_ENGINE_TURNS_H_

#include <condition_variable>
#include <mutex>
#include <vector>

#include "tests/cuda_sim/options.h"

namespace tamp {
namespace cuda_sim {

// Await (Pass)* Leave, by each of the threads 0..n-1.
class Turns {
 public:
  Turns(int n, const Options& options);

  // Waits for the first turn of thread `i`.
  void Await(int i);
  // Lets the others run until it is this thread's turn again.
  void Pass(int i);
  void Leave(int i);

 private:
  // Who is next when all who were to run before have; empty when all have left.
  void Choose();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<bool> is_here_;
  std::vector<int> next_;  // from the back
  int running_ = -1;
  Arranger arranger_;
};

}  // namespace cuda_sim
}  // namespace tamp

#endif  // TAMP_TESTS_CUDA_SIM_ENGINE_TURNS_H_
