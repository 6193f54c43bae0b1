// The kernels in the program, which its objects register before main begins.

#ifndef TAMP_TESTS_CUDA_JUDGE_RUNTIME_REGISTERED_KERNELS_H_
#define TAMP_TESTS_CUDA_JUDGE_RUNTIME_REGISTERED_KERNELS_H_

#include <map>
#include <string>

#include "tests/cuda_judge/code/kernel_code.h"

namespace tamp {
namespace cuda_judge {

struct RegisteredKernel {
  std::string name;
  std::map<int, KernelCode> code;  // by architecture

  // The code that the GPU would run: the newest of its own generation that it
  // understands. Null when there is none.
  const KernelCode* CodeFor(int architecture) const;
};

// By the function of the host that stands for the kernel.
const std::map<const void*, RegisteredKernel>& RegisteredKernels();

}  // namespace cuda_judge
}  // namespace tamp

#endif  // TAMP_TESTS_CUDA_JUDGE_RUNTIME_REGISTERED_KERNELS_H_
