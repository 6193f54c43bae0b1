// What kernels need, for people to read.

#ifndef TAMP_TESTS_CUDA_JUDGE_CODE_KERNEL_TABLE_H_
#define TAMP_TESTS_CUDA_JUDGE_CODE_KERNEL_TABLE_H_

#include <string>
#include <string_view>

namespace tamp {
namespace cuda_judge {

// A line for each kernel that is in the file (a program, a library or an
// object) and each architecture, sorted by the kernels' names.
std::string KernelTable(std::string_view file);

// "tamp::MapElements<tamp::Relu>" of a mangled name: without what it returns
// and takes.
std::string ReadableName(const std::string& mangled);

}  // namespace cuda_judge
}  // namespace tamp

#endif  // TAMP_TESTS_CUDA_JUDGE_CODE_KERNEL_TABLE_H_
