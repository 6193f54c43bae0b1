// Prints what the kernels in a file need: registers, shared memory, local
// memory (spills) and launch bounds, for every architecture. Needs no GPU.
//
// Usage: list_kernels FILE

#include <cstdint>
#include <iostream>
#include <string>

#include "absl/status/statusor.h"
#include "core/files/read_file.h"
#include "tests/cuda_judge/code/kernel_table.h"

// Of a program with all kernels for all architectures, and more.
constexpr int64_t kMostBytes = int64_t{1} << 30;

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: list_kernels FILE\n";
    return 2;
  }
  const absl::StatusOr<std::string> file = tamp::ReadFile(argv[1], kMostBytes);
  if (!file.ok()) {
    std::cerr << file.status().message() << "\n";
    return 1;
  }
  std::cout << tamp::cuda_judge::KernelTable(*file);
  return 0;
}
