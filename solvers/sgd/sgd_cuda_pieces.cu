#include "core/cuda/launch.h"
#include "solvers/sgd/sgd_cuda_pieces.cuh"
#include "solvers/sgd/sgd_cuda_pieces.h"

namespace tamp {
namespace {

// A block a piece, or as many as fill the device.
GridSize GridForPieces(const CudaQueue& queue, const SgdPieces& pieces,
                       const char* file = __builtin_FILE(),
                       int line = __builtin_LINE()) {
  return GridFor(queue, pieces.count * kThreadsPerBlock, file, line);
}

}  // namespace

const double* SumGradientSquares(CudaQueue& queue, const SgdPieces& pieces) {
  const GridSize grid = GridForPieces(queue, pieces);
  double* sums = queue.scratch().partials;
  double* sum = sums + grid.blocks.x;
  LaunchKernel(queue, SumSquaresOfBlocks, grid, pieces, sums);
  LaunchKernel(queue, AddSums, GridSize(1, kThreadsPerBlock), sums,
               grid.blocks.x, sum);
  return sum;
}

void UpdateByGradients(CudaQueue& queue, const SgdPieces& pieces,
                       const SgdStep& step) {
  LaunchKernel(queue, UpdateElements, GridForPieces(queue, pieces), pieces,
               step);
}

}  // namespace tamp
