// y[i] = x[i - 1] + x[i] + x[i + 1] along each row, zeros outside.

#ifndef TAMP_TESTS_CUDA_SIM_KERNELS_STENCIL_CUH_
#define TAMP_TESTS_CUDA_SIM_KERNELS_STENCIL_CUH_

namespace tamp {

// Grid (tiles of a row, rows); shared memory: blockDim.x + 2 floats.
__global__ void AddNeighbors(const float* x, float* y, int columns) {
  extern __shared__ float dynamic_shared[];
  float* tile = dynamic_shared + 1;
  const float* row = x + blockIdx.y * columns;
  const int first = blockIdx.x * blockDim.x;
  // Two threads bring two pixels: the tile is wider than the block.
  for (int t = threadIdx.x; t < static_cast<int>(blockDim.x) + 2;
       t += blockDim.x) {
    const int i = first + t - 1;
    tile[t - 1] = i >= 0 && i < columns ? row[i] : 0;
  }
  __syncthreads();
  const int t = threadIdx.x;
  if (first + t >= columns) return;
  y[blockIdx.y * columns + first + t] = tile[t - 1] + tile[t] + tile[t + 1];
}

}  // namespace tamp

#endif  // TAMP_TESTS_CUDA_SIM_KERNELS_STENCIL_CUH_
