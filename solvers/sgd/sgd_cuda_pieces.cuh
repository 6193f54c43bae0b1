#ifndef TAMP_SOLVERS_SGD_SGD_CUDA_PIECES_CUH_
#define TAMP_SOLVERS_SGD_SGD_CUDA_PIECES_CUH_

#include <cstdint>

#include "core/cuda/grid_loop.cuh"
#include "core/cuda/launch.h"
#include "kernels/cuda/sums/block_sum.cuh"
#include "kernels/sgd_kernel.h"
#include "solvers/sgd/sgd_cuda_pieces.h"

namespace tamp {

// Calls function(piece, i) for the block's pieces and the thread's elements of
// each.
template <typename Function>
__device__ void ForEachOfPieces(const SgdPieces& pieces,
                                const Function& function) {
  for (int64_t p = blockIdx.x; p < pieces.count; p += gridDim.x) {
    const SgdTensor<float> piece = pieces.table[p];
    ForEachOfBlock(piece.size, [&](int64_t i) { function(piece, i); });
  }
}

// Sums in double, one a block.
__global__ void __launch_bounds__(kThreadsPerBlock)
    SumSquaresOfBlocks(SgdPieces pieces, double* sums) {
  double sum = 0;
  ForEachOfPieces(pieces, [&](const SgdTensor<float>& piece, int64_t i) {
    const double gradient = piece.gradient[i];
    sum += gradient * gradient;
  });
  sum = BlockSum(sum);
  if (threadIdx.x == 0) sums[blockIdx.x] = sum;
}

// One block.
__global__ void __launch_bounds__(kThreadsPerBlock)
    AddSums(const double* sums, int64_t count, double* all) {
  double sum = 0;
  ForEachOfBlock(count, [&](int64_t i) { sum += sums[i]; });
  sum = BlockSum(sum);
  if (threadIdx.x == 0) *all = sum;
}

__global__ void __launch_bounds__(kThreadsPerBlock)
    UpdateElements(SgdPieces pieces, SgdStep step) {
  const float momentum = static_cast<float>(step.momentum);
  const float scale = static_cast<float>(step.gradient_scale);
  ForEachOfPieces(pieces, [&](const SgdTensor<float>& piece, int64_t i) {
    const float rate = static_cast<float>(step.lr * piece.lr_mult);
    const float decay =
        static_cast<float>(step.weight_decay * piece.decay_mult);
    const float w = piece.weight[i];
    const float pull = step.decay == WeightDecay::kL2
                           ? w
                           : static_cast<float>((w > 0) - (w < 0));
    const float g = scale * piece.gradient[i] + decay * pull;
    const float v = momentum * piece.momentum[i] + g;
    piece.momentum[i] = v;
    piece.weight[i] = w - rate * (step.nesterov ? g + momentum * v : v);
  });
}

}  // namespace tamp

#endif  // TAMP_SOLVERS_SGD_SGD_CUDA_PIECES_CUH_
