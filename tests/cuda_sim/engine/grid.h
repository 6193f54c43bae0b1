// Runs all blocks of a grid, some of them at the same time.

#ifndef TAMP_TESTS_CUDA_SIM_ENGINE_GRID_H_
#define TAMP_TESTS_CUDA_SIM_ENGINE_GRID_H_

#include <functional>

#include "tests/cuda_sim/engine/block.h"
#include "tests/cuda_sim/options.h"

namespace tamp {
namespace cuda_sim {

// Fails where a device would refuse to launch such a grid.
void CheckLaunch(const LaunchSize& size);

// Calls `body` for each thread of the grid, whose size is as above. A block is
// in memory of its own; only one runs at a time and after each of its rounds
// another one does, so that the same options give the same order.
void RunGrid(const LaunchSize& size, const Options& options,
             const std::function<void()>& body);

}  // namespace cuda_sim
}  // namespace tamp

#endif  // TAMP_TESTS_CUDA_SIM_ENGINE_GRID_H_
