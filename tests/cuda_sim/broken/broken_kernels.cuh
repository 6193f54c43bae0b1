// Kernels with one mistake each, as people make them; broken_kernels_test.cc
// says what must be reported of each. Don't mend them.

#ifndef TAMP_TESTS_CUDA_SIM_BROKEN_BROKEN_KERNELS_CUH_
#define TAMP_TESTS_CUDA_SIM_BROKEN_BROKEN_KERNELS_CUH_

namespace tamp {

// ---- Barriers

__global__ void MissingBarrier(const float* x, float* y) {
  __shared__ float tile[64];
  tile[threadIdx.x] = x[threadIdx.x];
  y[threadIdx.x] = tile[63 - threadIdx.x];
}

// The next turn of the loop writes what others still read.
__global__ void MissingSecondBarrier(const float* x, float* y) {
  __shared__ float tile[64];
  float sum = 0;
  for (int turn = 0; turn < 2; ++turn) {
    tile[threadIdx.x] = x[threadIdx.x] + turn;
    __syncthreads();
    sum += tile[(threadIdx.x + 1) % 64];
  }
  y[threadIdx.x] = sum;
}

__global__ void DivergentBarrier(const float* x, float* y) {
  __shared__ float tile[64];
  if (threadIdx.x < 32) {
    tile[threadIdx.x] = x[threadIdx.x];
    __syncthreads();
  } else {
    tile[threadIdx.x] = x[threadIdx.x];
    __syncthreads();
  }
  y[threadIdx.x] = tile[63 - threadIdx.x];
}

__global__ void ReturnBeforeBarrier(const float* x, float* y, int n) {
  __shared__ float tile[64];
  if (static_cast<int>(threadIdx.x) >= n) return;
  tile[threadIdx.x] = x[threadIdx.x];
  __syncthreads();
  y[threadIdx.x] = tile[n - 1 - threadIdx.x];
}

// Not all threads take the last turn of the loop.
__global__ void BarrierInStrideLoop(const float* x, float* y, int n) {
  for (int i = threadIdx.x; i < n; i += blockDim.x) {
    y[i] = x[i];
    __syncthreads();
  }
}

__global__ void BarrierOfOneWarp(const float* x, float* y) {
  if (threadIdx.x < 32) __syncthreads();
  y[threadIdx.x] = x[threadIdx.x];
}

// ---- Warps

__global__ void MaskOfLanesThatLeft(const float* x, float* y) {
  if (threadIdx.x >= 20) return;
  y[threadIdx.x] =
      x[threadIdx.x] + __shfl_xor_sync(0xffffffff, x[threadIdx.x], 1);
}

__global__ void MaskWithoutCaller(const float* x, float* y) {
  y[threadIdx.x] =
      x[threadIdx.x] + __shfl_xor_sync(0x0000ffff, x[threadIdx.x], 1);
}

__global__ void LaneOutsideOfMask(const float* x, float* y) {
  if (threadIdx.x >= 16) return;
  y[threadIdx.x] = __shfl_sync(0x0000ffff, x[threadIdx.x], 31);
}

// Its last warp has less than 32 lanes.
__global__ void LaneThatIsNotThere(const float* x, float* y) {
  y[threadIdx.x] =
      x[threadIdx.x] + __shfl_down_sync(0xffffffff, x[threadIdx.x], 16);
}

__global__ void ShufflesInBranches(const float* x, float* y) {
  float other;
  if (threadIdx.x % 2 == 0) {
    other = __shfl_down_sync(0xffffffff, x[threadIdx.x], 1);
  } else {
    other = __shfl_up_sync(0xffffffff, x[threadIdx.x], 1);
  }
  y[threadIdx.x] = other;
}

__global__ void BallotInStrideLoop(const float* x, float* y, int n) {
  for (int i = threadIdx.x; i < n; i += blockDim.x) {
    y[i] = __ballot_sync(0xffffffff, x[i] > 0) != 0 ? x[i] : 0;
  }
}

__global__ void MissingSyncWarp(const float* x, float* y) {
  __shared__ float tile[32];
  tile[threadIdx.x] = x[threadIdx.x];
  __syncwarp();
  for (int distance = 16; distance > 0; distance /= 2) {
    if (static_cast<int>(threadIdx.x) < distance) {
      tile[threadIdx.x] += tile[threadIdx.x + distance];
    }
  }
  if (threadIdx.x == 0) y[0] = tile[0];
}

// ---- Memory

__global__ void GuardOffByOne(const float* x, float* y, int n) {
  const int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i <= n) y[i] = x[i < n ? i : 0];
}

__global__ void ReadBeyondEnd(const float* x, float* y, int n) {
  const int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n) y[i] = i + 1 < n ? x[i] : x[i] + 0 * x[i + 1];
}

__global__ void MissingGuard(const float* x, float* y, int n) {
  const int i = blockIdx.x * blockDim.x + threadIdx.x;
  y[i] = x[i % n];
}

__global__ void SharedOffByOne(const float* x, float* y) {
  __shared__ float tile[64];
  tile[threadIdx.x + 1] = x[threadIdx.x];
  __syncthreads();
  y[threadIdx.x] = tile[threadIdx.x];
}

// Launched with room for blockDim.x floats.
__global__ void DynamicSharedTooSmall(const float* x, float* y) {
  extern __shared__ float dynamic_shared[];
  dynamic_shared[threadIdx.x + 1] = x[threadIdx.x];
  __syncthreads();
  y[threadIdx.x] = dynamic_shared[threadIdx.x + 1];
}

__global__ void SharedUnwritten(const float* x, float* y) {
  __shared__ float tile[65];
  tile[threadIdx.x] = x[threadIdx.x];
  __syncthreads();
  y[threadIdx.x] = tile[threadIdx.x + 1];
}

__global__ void DynamicSharedUnwritten(const float* x, float* y) {
  extern __shared__ float dynamic_shared[];
  if (threadIdx.x > 0) dynamic_shared[threadIdx.x] = x[threadIdx.x];
  __syncthreads();
  y[threadIdx.x] = dynamic_shared[63 - threadIdx.x];
}

__global__ void SharedAssumedZero(const float*, float* y) {
  __shared__ int count;
  atomicAdd(&count, 1);
  __syncthreads();
  y[threadIdx.x] = count;
}

// What the block before has left in its memory.
__global__ void SharedOfAnotherBlock(const float* x, float* y) {
  __shared__ float first;
  if (blockIdx.x == 0 && threadIdx.x == 0) first = x[0];
  __syncthreads();
  y[blockIdx.x * blockDim.x + threadIdx.x] = first;
}

__global__ void LastBlockForgotten(const float* x, float* y, int n) {
  const int first = blockIdx.x * blockDim.x;
  if (first + static_cast<int>(blockDim.x) > n) return;
  y[first + threadIdx.x] = x[first + threadIdx.x];
}

// ---- Races

__global__ void SumWithoutAtomics(const float* x, float* y) {
  y[0] += x[threadIdx.x];
}

__global__ void SumOfBlocksWithoutAtomics(const float* x, float* y) {
  if (threadIdx.x == 0) y[0] += x[blockIdx.x];
}

__global__ void SumOfBlocksAcrossBarrier(const float* x, float* y) {
  const float before = y[0];
  __syncthreads();
  if (threadIdx.x == 0) y[0] = before + x[blockIdx.x];
}

__global__ void ReadThenExchange(const float* x, float* y) {
  const float before = y[0];
  atomicExch(&y[0], before + x[threadIdx.x]);
}

// Blocks have no order.
__global__ void BlockBeforeMustBeDone(const float* x, float* y) {
  const int block = blockIdx.x;
  if (threadIdx.x == 0) y[block] = x[block] + (block > 0 ? y[block - 1] : 0);
}

// Sums of floats depend on their order.
__global__ void AtomicSumOfFloats(const float* x, float* y) {
  atomicAdd(&y[0], 0.1f * x[threadIdx.x]);
}

// All blocks wait for each other, but not all fit.
__global__ void BarrierOfGrid(const float* x, float* y, int* arrived) {
  if (threadIdx.x == 0) {
    atomicAdd(arrived, 1);
    while (atomicAdd(arrived, 0) < static_cast<int>(gridDim.x)) {
    }
  }
  __syncthreads();
  y[blockIdx.x] = x[blockIdx.x];
}

// The last block adds what the others have written, maybe not yet visibly.
__global__ void MissingFence(const float* x, float* y, float* parts,
                             int* arrived) {
  if (threadIdx.x > 0) return;
  parts[blockIdx.x] = x[blockIdx.x];
  if (atomicAdd(arrived, 1) + 1 < static_cast<int>(gridDim.x)) return;
  __threadfence();
  float sum = 0;
  for (unsigned block = 0; block < gridDim.x; ++block) sum += parts[block];
  y[0] = sum;
}

__global__ void LockNeverReleased(const float* x, float* y, int* lock) {
  if (threadIdx.x > 0) return;
  while (atomicCAS(lock, 0, 1) != 0) {
  }
  y[0] += x[blockIdx.x];
}

}  // namespace tamp

#endif  // TAMP_TESTS_CUDA_SIM_BROKEN_BROKEN_KERNELS_CUH_
