// The last error, and what errors are called.

#include <cuda_runtime_api.h>

#include "tests/cuda_sim/runtime/error_texts.h"
#include "tests/cuda_sim/runtime/state/api_call.h"

using tamp::cuda_sim::ErrorText;
using tamp::cuda_sim::FindErrorText;

cudaError_t cudaPeekAtLastError() { return tamp::cuda_sim::LastError(); }

cudaError_t cudaGetLastError() {
  const cudaError_t error = tamp::cuda_sim::LastError();
  tamp::cuda_sim::LastError() = cudaSuccess;
  return error;
}

const char* cudaGetErrorName(cudaError_t error) {
  const ErrorText* found = FindErrorText(error);
  return found == nullptr ? "unrecognized error code" : found->name;
}

const char* cudaGetErrorString(cudaError_t error) {
  const ErrorText* found = FindErrorText(error);
  return found == nullptr ? "unrecognized error code" : found->text;
}
