// What nvcc embeds in a program: a container for each .cu file, with the same
// kernels compiled for several architectures.

#ifndef TAMP_TESTS_CUDA_JUDGE_CODE_FAT_BINARY_H_
#define TAMP_TESTS_CUDA_JUDGE_CODE_FAT_BINARY_H_

#include <string_view>
#include <vector>

namespace tamp {
namespace cuda_judge {

// An ELF file with the machine code of one architecture.
struct MachineCode {
  int architecture = 0;  // 90 for sm_90
  std::string_view elf;
};

// The container that begins in the program's memory.
std::string_view ContainerAt(const void* begin);

// All containers of a file: a program, a library or an object.
std::vector<std::string_view> FindContainers(std::string_view file);

// What is in a container, but for PTX. REQUIRES: it is not compressed, which is
// what nvcc does to machine code only when it is told to.
std::vector<MachineCode> MachineCodeOf(std::string_view container);

}  // namespace cuda_judge
}  // namespace tamp

#endif  // TAMP_TESTS_CUDA_JUDGE_CODE_FAT_BINARY_H_
