// What CUDA defines, a kernel for each part (simulator_test.cc).

#ifndef TAMP_TESTS_CUDA_SIM_SIMULATOR_KERNELS_CUH_
#define TAMP_TESTS_CUDA_SIM_SIMULATOR_KERNELS_CUH_

namespace tamp {

// y[thread of the grid] = its coordinates, as digits.
__global__ void WriteCoordinates(int* y) {
  const int thread =
      (threadIdx.z * blockDim.y + threadIdx.y) * blockDim.x + threadIdx.x;
  const int block =
      (blockIdx.z * gridDim.y + blockIdx.y) * gridDim.x + blockIdx.x;
  const int threads = blockDim.x * blockDim.y * blockDim.z;
  y[block * threads + thread] = blockIdx.x * 100000 + blockIdx.y * 10000 +
                                blockIdx.z * 1000 + threadIdx.x * 100 +
                                threadIdx.y * 10 + threadIdx.z;
}

// Of a block whose threads 0..n-1 set the predicate.
__global__ void CountInBlock(int n, int* count, int* any, int* all) {
  const bool is_set = static_cast<int>(threadIdx.x) < n;
  count[threadIdx.x] = __syncthreads_count(is_set);
  any[threadIdx.x] = __syncthreads_or(is_set);
  all[threadIdx.x] = __syncthreads_and(is_set);
}

// Of the lanes of `mask`, each of which sets the predicate when it is odd.
__global__ void Vote(unsigned mask, unsigned* ballot, int* any, int* all) {
  if ((mask >> threadIdx.x & 1) == 0) return;
  const bool is_odd = threadIdx.x % 2 != 0;
  ballot[threadIdx.x] = __ballot_sync(mask, is_odd);
  any[threadIdx.x] = __any_sync(mask, is_odd);
  all[threadIdx.x] = __all_sync(mask, is_odd);
}

// Each lane's number, moved within sections of `width`.
template <typename T>
__global__ void ShuffleNumbers(int by, int width, T* from, T* up, T* down,
                               T* exclusive) {
  const int i = threadIdx.x;
  const T number = static_cast<T>(i);
  from[i] = __shfl_sync(0xffffffff, number, by, width);
  up[i] = __shfl_up_sync(0xffffffff, number, by, width);
  down[i] = __shfl_down_sync(0xffffffff, number, by, width);
  exclusive[i] = __shfl_xor_sync(0xffffffff, number, by, width);
}

// Both halves of a warp at once, each with calls of its own.
__global__ void SumHalfWarps(int* sums) {
  int sum = threadIdx.x;
  if (threadIdx.x < 16) {
    for (int d = 8; d > 0; d /= 2) {
      sum += __shfl_xor_sync(0x0000ffff, sum, d);
    }
  } else {
    for (int d = 8; d > 0; d /= 2) {
      sum += __shfl_xor_sync(0xffff0000, sum, d);
    }
  }
  sums[threadIdx.x] = sum;
}

// A tree in shared memory, of one warp.
__global__ void SumWarpInShared(const int* x, int* sum) {
  __shared__ int tile[32];
  const int i = threadIdx.x;
  tile[i] = x[i];
  for (int distance = 16; distance > 0; distance /= 2) {
    __syncwarp();
    const int other = i < distance ? tile[i + distance] : 0;
    __syncwarp();
    tile[i] += other;
  }
  if (i == 0) *sum = tile[0];
}

template <typename T>
__global__ void AddAtomically(T* sum) {
  atomicAdd(sum, static_cast<T>(blockIdx.x * blockDim.x + threadIdx.x));
}

template <typename T>
__global__ void FindExtremesAtomically(T* largest, T* smallest) {
  const T number = static_cast<T>(blockIdx.x * blockDim.x + threadIdx.x);
  atomicMax(largest, number);
  atomicMin(smallest, number);
}

// Each thread takes a ticket, one after the other through a lock of atomics.
__global__ void TakeTickets(int* lock, int* next, int* tickets) {
  const int i = blockIdx.x * blockDim.x + threadIdx.x;
  while (atomicCAS(lock, 0, 1) != 0) {
  }
  __threadfence();
  tickets[i] = (*next)++;
  __threadfence();
  atomicExch(lock, 0);
}

// Two blocks, each of which waits for the other.
__global__ void Meet(int* arrived) {
  if (threadIdx.x > 0) return;
  atomicAdd(&arrived[blockIdx.x], 1);
  while (atomicAdd(&arrived[1 - blockIdx.x], 0) == 0) {
  }
}

// The last block adds what all have written.
__global__ void AddInLastBlock(const int* x, int* parts, int* arrived,
                               int* sum) {
  if (threadIdx.x > 0) return;
  parts[blockIdx.x] = x[blockIdx.x];
  __threadfence();
  if (atomicAdd(arrived, 1) + 1 < static_cast<int>(gridDim.x)) return;
  __threadfence();
  int all = 0;
  for (unsigned block = 0; block < gridDim.x; ++block) all += parts[block];
  *sum = all;
}

// What a block finds in its shared memory, and leaves in it.
__global__ void ReadSharedFirst(unsigned* y) {
  __shared__ unsigned fixed;
  extern __shared__ unsigned dynamic_shared[];
  if (threadIdx.x > 0) return;
  y[blockIdx.x] = fixed & dynamic_shared[0] & dynamic_shared[1];
  fixed = dynamic_shared[0] = dynamic_shared[1] = 0;
}

// The order in which threads come.
__global__ void RecordOrder(int* num, int* order) {
  const int i = blockIdx.x * blockDim.x + threadIdx.x;
  __syncthreads();
  order[atomicAdd(num, 1)] = i;
}

}  // namespace tamp

#endif  // TAMP_TESTS_CUDA_SIM_SIMULATOR_KERNELS_CUH_
