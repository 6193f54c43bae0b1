// What all functions of the runtime do: one at a time, and with a last error.

#ifndef TAMP_TESTS_CUDA_SIM_RUNTIME_STATE_API_CALL_H_
#define TAMP_TESTS_CUDA_SIM_RUNTIME_STATE_API_CALL_H_

#include <cuda_runtime_api.h>

#include <mutex>

namespace tamp {
namespace cuda_sim {

// All that the runtime knows is locked by this.
std::mutex& RuntimeMutex();

// This thread's last error that nobody has asked for.
cudaError_t& LastError();

// Runs one call of the runtime; an error becomes the thread's last one.
template <typename Body>
cudaError_t ApiCall(const Body& body) {
  const std::lock_guard<std::mutex> lock(RuntimeMutex());
  const cudaError_t error = body();
  if (error != cudaSuccess) LastError() = error;
  return error;
}

}  // namespace cuda_sim
}  // namespace tamp

#endif  // TAMP_TESTS_CUDA_SIM_RUNTIME_STATE_API_CALL_H_
