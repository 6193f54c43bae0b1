// Where the blocks of a grid run that run at the same time: each resident takes
// one after the other.

#ifndef TAMP_TESTS_CUDA_SIM_ENGINE_RESIDENTS_H_
#define TAMP_TESTS_CUDA_SIM_ENGINE_RESIDENTS_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "tests/cuda_sim/engine/block.h"
#include "tests/cuda_sim/options.h"

namespace tamp {
namespace cuda_sim {

struct GridRun {
  LaunchSize size;
  Options options;
  const std::function<void()>* body;
};

class Residents {
 public:
  virtual ~Residents() = default;

  // REQUIRES: resident `i` does not run.
  virtual void Begin(int i, int64_t block) = 0;
  // REQUIRES: it runs.
  virtual void RunRound(int i) = 0;
  virtual bool IsRunning(int i) const = 0;
};

// On this thread of the host. A resident's shared memory is put away while
// another one runs.
std::unique_ptr<Residents> MakeInterleavedResidents(int n, const GridRun& run);

// Each on a thread of its own, one of which runs at a time. For
// ThreadSanitizer, which takes memory that is put away for the same memory.
std::unique_ptr<Residents> MakeThreadedResidents(int n, const GridRun& run);

}  // namespace cuda_sim
}  // namespace tamp

#endif  // TAMP_TESTS_CUDA_SIM_ENGINE_RESIDENTS_H_
