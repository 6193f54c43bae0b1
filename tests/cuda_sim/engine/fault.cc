#include "tests/cuda_sim/engine/fault.h"

#include <cstdio>
#include <cstdlib>

namespace tamp {
namespace cuda_sim {

void Fail(const std::string& message) {
  std::fprintf(stderr, "cuda_sim: %s\n", message.c_str());
  std::abort();
}

}  // namespace cuda_sim
}  // namespace tamp
