// The GPUs that the judge knows: numbers of NVIDIA's data sheets, and of the
// tables of compute capabilities in the CUDA programming guide.

#ifndef TAMP_TESTS_CUDA_JUDGE_RUNTIME_GPU_H_
#define TAMP_TESTS_CUDA_JUDGE_RUNTIME_GPU_H_

#include <cstdint>

namespace tamp {
namespace cuda_judge {

struct Gpu {
  const char* name;
  int architecture;  // 90 for compute capability 9.0
  int num_multiprocessors;
  // Of a block that asks for more than 48 KiB.
  int most_shared_bytes;
  int64_t memory_bytes;
};

constexpr Gpu kH100 = {"H100", 90, 132, 232448, int64_t{80} << 30};
constexpr Gpu kA100 = {"A100", 80, 108, 166912, int64_t{80} << 30};
// Older than all that we compile for.
constexpr Gpu kV100 = {"V100", 70, 80, 98304, int64_t{16} << 30};

}  // namespace cuda_judge
}  // namespace tamp

#endif  // TAMP_TESTS_CUDA_JUDGE_RUNTIME_GPU_H_
