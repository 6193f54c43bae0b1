#include "tests/cuda_sim/runtime/state/api_call.h"

namespace tamp {
namespace cuda_sim {

std::mutex& RuntimeMutex() {
  static std::mutex& mutex = *new std::mutex;
  return mutex;
}

cudaError_t& LastError() {
  thread_local cudaError_t error = cudaSuccess;
  return error;
}

}  // namespace cuda_sim
}  // namespace tamp
