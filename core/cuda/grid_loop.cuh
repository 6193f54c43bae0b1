// Loops of a grid's threads over items.

#ifndef TAMP_CORE_CUDA_GRID_LOOP_CUH_
#define TAMP_CORE_CUDA_GRID_LOOP_CUH_

#include <cstdint>

namespace tamp {

// Calls function(i) for the thread's share of 0..count-1: neighboring threads
// get neighboring items. The grid and its blocks have one axis.
template <typename Function>
__device__ __forceinline__ void ForEachOfGrid(int64_t count,
                                              const Function& function) {
  const int64_t num_threads = int64_t{gridDim.x} * blockDim.x;
  for (int64_t i = int64_t{blockIdx.x} * blockDim.x + threadIdx.x; i < count;
       i += num_threads) {
    function(i);
  }
}

// The same for the threads of one block.
template <typename Function>
__device__ __forceinline__ void ForEachOfBlock(int64_t count,
                                               const Function& function) {
  for (int64_t i = threadIdx.x; i < count; i += blockDim.x) function(i);
}

}  // namespace tamp

#endif  // TAMP_CORE_CUDA_GRID_LOOP_CUH_
