// Sums over the elements of a tensor that go with the same element of another
// one, which is repeated over it (kernels/broadcast.h): gradients of slopes,
// scales and biases.

#ifndef TAMP_KERNELS_CUDA_SUMS_BROADCAST_SUMS_CUH_
#define TAMP_KERNELS_CUDA_SUMS_BROADCAST_SUMS_CUH_

#include <algorithm>
#include <cstdint>

#include "core/cuda/grid_loop.cuh"
#include "core/cuda/launch.h"
#include "kernels/broadcast.h"
#include "kernels/cuda/sums/block_sum.cuh"
#include "kernels/extents.h"
#include "kernels/grad_mode.h"
#include "kernels/strided.h"

namespace tamp {

// Each sum is cut into so many parts, a block each.
struct BroadcastSums {
  Broadcast broadcast;
  Extents rows;  // those of broadcast.x, merged
  int64_t num_parts = 1;

  __device__ int64_t terms() const {
    return broadcast.x.count() / broadcast.size();
  }
  // The number, in row-major order of x, of a sum's term.
  __device__ int64_t TermAt(int64_t sum, int64_t term) const {
    const int64_t inner = broadcast.inner;
    return (term / inner * broadcast.size() + sum) * inner + term % inner;
  }
};

// The sum, in thread 0, of function(x...) over a part of the terms. A thread's
// terms are added as floats, the threads' sums as doubles.
template <typename Function, typename... X>
__device__ double SumPart(const BroadcastSums& sums, int64_t sum, int64_t part,
                          const Function& function, const Strided<X>&... x) {
  const int64_t begin = sums.terms() * part / sums.num_parts;
  const int64_t end = sums.terms() * (part + 1) / sums.num_parts;
  float total = 0;
  ForEachOfBlock(end - begin, [&](int64_t i) {
    const int64_t element = sums.TermAt(sum, begin + i);
    total += function(*ElementAt(x, sums.rows, element)...);
  });
  return BlockSum(double{total});
}

// Hands in a part; true for the last one that comes, which then finds all in
// `partials`. One thread of a block calls it.
__device__ inline bool IsLastPart(int64_t num_parts, double part,
                                  double* partial, unsigned* counter) {
  *partial = part;
  __threadfence();
  const bool is_last = atomicAdd(counter, 1u) + 1 == num_parts;
  __threadfence();
  if (is_last) *counter = 0;
  return is_last;
}

// y_k = or += the sum of function(x...) over the elements that go with b_k.
template <typename Function, typename... X>
__global__ void __launch_bounds__(kThreadsPerBlock)
    SumBroadcast(BroadcastSums sums, ReductionScratch scratch, GradMode mode,
                 Strided<float> y, Function function, Strided<X>... x) {
  const int64_t num_parts = sums.num_parts;
  const int64_t num_items = sums.broadcast.size() * num_parts;
  for (int64_t item = blockIdx.x; item < num_items; item += gridDim.x) {
    const int64_t k = item / num_parts;
    double total = SumPart(sums, k, item % num_parts, function, x...);
    if (threadIdx.x != 0) continue;
    if (num_parts > 1) {
      if (!IsLastPart(num_parts, total, scratch.partials + item,
                      scratch.counters + k)) {
        continue;
      }
      total = 0;
      for (int64_t part = 0; part < num_parts; ++part) {
        total += scratch.partials[k * num_parts + part];
      }
    }
    StoreGrad(mode, static_cast<float>(total),
              ElementAt(y, sums.broadcast.b, k));
  }
}

template <typename Function, typename... X>
void LaunchBroadcastSums(CudaQueue& queue, const Broadcast& broadcast,
                         GradMode mode, const Strided<float>& y,
                         const Function& function, const Strided<X>&... x) {
  if (mode == GradMode::kSkip) return;
  // Some terms for each thread, and a few blocks for each multiprocessor; no
  // more, since one thread adds up the parts.
  constexpr int64_t kTermsOfPart = 8 * kThreadsPerBlock;
  constexpr int64_t kMostParts = 256, kMostItems = 2048;
  static_assert(kMostItems <= ReductionScratch::kNumPartials &&
                kMostItems <= ReductionScratch::kNumCounters);
  const int64_t size = broadcast.size(), terms = broadcast.x.count() / size;
  const int64_t wanted = (terms + kTermsOfPart - 1) / kTermsOfPart;
  const int64_t most = std::min(kMostParts, kMostItems / size);
  const int64_t num_parts = std::max<int64_t>(1, std::min(wanted, most));
  // GridFor counts threads.
  LaunchKernel(
      queue, SumBroadcast<Function, X...>,
      GridFor(queue, size * num_parts * kThreadsPerBlock),
      BroadcastSums{broadcast, MergedRows(broadcast.x, x...), num_parts},
      queue.scratch(), mode, y, function, x...);
}

}  // namespace tamp

#endif  // TAMP_KERNELS_CUDA_SUMS_BROADCAST_SUMS_CUH_
