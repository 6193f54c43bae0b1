#include "tests/cuda_sim/engine/cuda_thread.h"

#include <cstdio>

namespace tamp {
namespace cuda_sim {

std::string Hex(uint32_t mask) {
  char text[16];
  std::snprintf(text, sizeof text, "0x%08x", mask);
  return text;
}

std::string NameOf(const CudaThread& thread) {
  char text[96];
  std::snprintf(text, sizeof text, "block (%u,%u,%u) thread (%u,%u,%u)",
                blockIdx.x, blockIdx.y, blockIdx.z, thread.index.x,
                thread.index.y, thread.index.z);
  return text;
}

std::string CallOf(const CudaThread& thread) {
  std::string file = thread.place.file;
  if (file.rfind("./", 0) == 0) file.erase(0, 2);
  return std::string(thread.call) + " (" + file + ":" +
         std::to_string(thread.place.line) + ")";
}

}  // namespace cuda_sim
}  // namespace tamp
