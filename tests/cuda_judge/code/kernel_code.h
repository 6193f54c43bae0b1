// KernelCode: what a kernel needs of a multiprocessor, as its compiled code
// says.

#ifndef TAMP_TESTS_CUDA_JUDGE_CODE_KERNEL_CODE_H_
#define TAMP_TESTS_CUDA_JUDGE_CODE_KERNEL_CODE_H_

#include <map>
#include <string>
#include <vector>

#include "tests/cuda_judge/code/fat_binary.h"

namespace tamp {
namespace cuda_judge {

struct KernelCode {
  int registers = 0;     // of a thread
  int shared_bytes = 0;  // of a block, but for what launches add
  // Of a thread: registers that were spilled, and arrays that have no place in
  // registers.
  int local_bytes = 0;
  int most_threads = 0;               // __launch_bounds__; 0: it has none
  std::vector<int> parameters_bytes;  // the size of each parameter
};

// By mangled names.
std::map<std::string, KernelCode> KernelsOf(const MachineCode& code);

}  // namespace cuda_judge
}  // namespace tamp

#endif  // TAMP_TESTS_CUDA_JUDGE_CODE_KERNEL_CODE_H_
