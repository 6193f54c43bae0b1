// How a kernel is launched.

#ifndef TAMP_TESTS_CUDA_SIM_LAUNCH_H_
#define TAMP_TESTS_CUDA_SIM_LAUNCH_H_

#include <tuple>

#include "tests/cuda_sim/engine/grid.h"

namespace tamp {

using cuda_sim::LaunchSize;

// Runs `kernel` over a grid, as kernel<<<grid, block, shared_bytes>>>(...)
// does; it has ended when this returns.
template <typename... Parameters, typename... Arguments>
void LaunchKernel(void (*kernel)(Parameters...), const LaunchSize& size,
                  Arguments... arguments) {
  const std::tuple<Parameters...> converted(
      static_cast<Parameters>(arguments)...);
  cuda_sim::RunGrid(size, cuda_sim::ScopedOptions::Current(),
                    [&] { std::apply(kernel, converted); });
}

}  // namespace tamp

#endif  // TAMP_TESTS_CUDA_SIM_LAUNCH_H_
