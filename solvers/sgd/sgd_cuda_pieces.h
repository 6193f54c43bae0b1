// The launches of SGD on CUDA: all parameters at once, cut into pieces of which
// a block of threads takes one after the other.

#ifndef TAMP_SOLVERS_SGD_SGD_CUDA_PIECES_H_
#define TAMP_SOLVERS_SGD_SGD_CUDA_PIECES_H_

#include <cstdint>

#include "core/cuda/queue.h"
#include "kernels/sgd_kernel.h"

namespace tamp {

// A table of pieces of parameters, in the device's memory.
struct SgdPieces {
  const SgdTensor<float>* table;
  int64_t count;
};

// The sum of the squares of all gradients, in the device's memory until the
// next kernel that uses the queue's scratch. It is finite if and only if all
// gradients are: the squares of floats are far from the largest double.
const double* SumGradientSquares(CudaQueue& queue, const SgdPieces& pieces);

void UpdateByGradients(CudaQueue& queue, const SgdPieces& pieces,
                       const SgdStep& step);

}  // namespace tamp

#endif  // TAMP_SOLVERS_SGD_SGD_CUDA_PIECES_H_
