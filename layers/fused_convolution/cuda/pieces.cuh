// Loops of warps over maps.

#ifndef TAMP_LAYERS_FUSED_CONVOLUTION_CUDA_PIECES_CUH_
#define TAMP_LAYERS_FUSED_CONVOLUTION_CUDA_PIECES_CUH_

#include <cstdint>

#include "core/cuda/launch.h"
#include "kernels/cuda/sums/block_sum.cuh"

namespace tamp {

// A map is cut into pieces of so many elements, each for one warp: small maps
// leave few lanes idle, and large ones are shared by many warps.
constexpr int64_t kPieceSize = 256;

inline GridSize GridForPieces(const CudaQueue& queue, int64_t num_maps,
                              int64_t map_size,
                              const char* file = __builtin_FILE(),
                              int line = __builtin_LINE()) {
  const int64_t pieces = (map_size + kPieceSize - 1) / kPieceSize;
  return GridFor(queue, num_maps * pieces * kWarpSize, file, line);
}

// Calls function(map, begin, end) for the warp's share of the pieces
// begin..end-1 of maps, the same for all its lanes.
template <typename Function>
__device__ __forceinline__ void ForEachPieceOfGrid(int64_t num_maps,
                                                   int64_t map_size,
                                                   const Function& function) {
  const int64_t pieces = (map_size + kPieceSize - 1) / kPieceSize;
  const int64_t num_warps = int64_t{gridDim.x} * (blockDim.x / kWarpSize);
  const int64_t thread = int64_t{blockIdx.x} * blockDim.x + threadIdx.x;
  for (int64_t i = thread / kWarpSize; i < num_maps * pieces; i += num_warps) {
    const int64_t begin = i % pieces * kPieceSize;
    const int64_t end = begin + kPieceSize;
    function(i / pieces, begin, end < map_size ? end : map_size);
  }
}

// Calls function(i) for the lane's share of begin..end-1.
template <typename Function>
__device__ __forceinline__ void ForEachOfLane(int64_t begin, int64_t end,
                                              const Function& function) {
  for (int64_t i = begin + threadIdx.x % kWarpSize; i < end; i += kWarpSize) {
    function(i);
  }
}

}  // namespace tamp

#endif  // TAMP_LAYERS_FUSED_CONVOLUTION_CUDA_PIECES_CUH_
