// LaunchKernel: how all kernels are launched.

#ifndef TAMP_CORE_CUDA_LAUNCH_H_
#define TAMP_CORE_CUDA_LAUNCH_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "core/cuda/queue.h"

namespace tamp {

// How many blocks of how many threads. It knows where it was written, for
// messages.
struct GridSize {
  GridSize(dim3 blocks, dim3 threads, size_t dynamic_shared_bytes = 0,
           const char* file = __builtin_FILE(), int line = __builtin_LINE())
      : blocks(blocks),
        threads(threads),
        dynamic_shared_bytes(dynamic_shared_bytes),
        file(file),
        line(line) {}

  dim3 blocks, threads;
  size_t dynamic_shared_bytes;
  const char* file;
  int line;
};

// Of most launches; kernels say it as their launch bounds, so that what is
// compiled for them fits. Some add how many blocks a multiprocessor shall have
// at least, 2: else the compiler spills registers for more.
constexpr int kThreadsPerBlock = 256;

// Of a block's arrays, for what a kernel states of its own: more is to be asked
// for.
constexpr int kMostSharedBytes = 48 << 10;

// For kernels that go through `count` items with ForEachOfGrid
// (core/cuda/grid_loop.cuh): a thread each, or as many as fill the device.
inline GridSize GridFor(const CudaQueue& queue, int64_t count,
                        const char* file = __builtin_FILE(),
                        int line = __builtin_LINE()) {
  const int64_t wanted = (count + kThreadsPerBlock - 1) / kThreadsPerBlock;
  const int64_t most = 8 * int64_t{queue.num_multiprocessors()};
  const auto blocks =
      static_cast<unsigned>(std::max<int64_t>(1, std::min(wanted, most)));
  return GridSize(blocks, kThreadsPerBlock, 0, file, line);
}

// Queues a kernel. The arguments are converted to the kernel's parameters and
// copied; what they point at must be memory of the device.
template <typename... Parameters, typename... Arguments>
void LaunchKernel(CudaQueue& queue, void (*kernel)(Parameters...),
                  const GridSize& size, Arguments&&... arguments) {
  cudaLaunchConfig_t config = {};
  config.gridDim = size.blocks;
  config.blockDim = size.threads;
  config.dynamicSmemBytes = size.dynamic_shared_bytes;
  config.stream = queue.stream();
  queue.Note(cudaLaunchKernelEx(&config, kernel,
                                std::forward<Arguments>(arguments)...),
             "launch of a kernel", size.file, size.line);
}

}  // namespace tamp

#endif  // TAMP_CORE_CUDA_LAUNCH_H_
