// Which of several blocks has its turn: one at a time.

#ifndef TAMP_TESTS_CUDA_SIM_ENGINE_TURNS_H_
#define TAMP_TESTS_CUDA_SIM_ENGINE_TURNS_H_

#include <vector>

#include "tests/cuda_sim/options.h"

namespace tamp {
namespace cuda_sim {

// Of 0..n-1: each of those that have not left once, then again in a new order.
class Turns {
 public:
  Turns(int n, const Options& options);

  // Who is next; -1 when all have left.
  int Next();
  // Whoever was next has no turns any more.
  void Leave(int i);

 private:
  std::vector<int> here_;
  std::vector<int> next_;  // from the back
  Arranger arranger_;
};

}  // namespace cuda_sim
}  // namespace tamp

#endif  // TAMP_TESTS_CUDA_SIM_ENGINE_TURNS_H_
