// CUDA's functions for the device, streams and events. In which order work runs
// is for tests/cuda_sim/runtime/ to watch: here handles count alone.

#include <cuda_runtime_api.h>

#include <cstring>
#include <string>

#include "absl/strings/str_cat.h"
#include "core/check.h"
#include "tests/cuda_judge/runtime/machine.h"

// The handles are addresses of these.
struct CUstream_st {};
struct CUevent_st {};

namespace tamp {
namespace cuda_judge {
namespace {

cudaError_t CheckEvent(cudaEvent_t event, const char* call) {
  if (TheMachine().events.count(event) > 0) return cudaSuccess;
  return Refuse(
      cudaErrorInvalidResourceHandle,
      absl::StrCat(call, ": not an event, or one that was destroyed"));
}

}  // namespace
}  // namespace cuda_judge
}  // namespace tamp

using tamp::cuda_judge::CheckEvent;
using tamp::cuda_judge::CheckStream;
using tamp::cuda_judge::TheMachine;

cudaError_t cudaGetLastError() { return cudaSuccess; }

const char* cudaGetErrorString(cudaError_t) {
  return "the judge has found what is wrong";
}

cudaError_t cudaGetDeviceCount(int* count) {
  *count = 1;
  return cudaSuccess;
}

cudaError_t cudaSetDevice(int device) {
  CHECK_EQ(device, 0);
  return cudaSuccess;
}

cudaError_t cudaGetDevice(int* device) {
  *device = 0;
  return cudaSuccess;
}

cudaError_t cudaDriverGetVersion(int* version) {
  *version = CUDART_VERSION;
  return cudaSuccess;
}

cudaError_t cudaRuntimeGetVersion(int* version) {
  *version = CUDART_VERSION;
  return cudaSuccess;
}

cudaError_t cudaGetDeviceProperties(cudaDeviceProp* properties, int) {
  const tamp::cuda_judge::Gpu& gpu = TheMachine().gpu;
  *properties = {};
  std::strncpy(properties->name, gpu.name, sizeof(properties->name) - 1);
  properties->totalGlobalMem = gpu.memory_bytes;
  properties->major = gpu.architecture / 10;
  properties->minor = gpu.architecture % 10;
  properties->multiProcessorCount = gpu.num_multiprocessors;
  return cudaSuccess;
}

cudaError_t cudaDeviceGetAttribute(int* value, cudaDeviceAttr attribute, int) {
  CHECK(attribute == cudaDevAttrMultiProcessorCount)
      << "the judge knows no attribute " << attribute;
  *value = TheMachine().gpu.num_multiprocessors;
  return cudaSuccess;
}

cudaError_t cudaStreamCreateWithFlags(cudaStream_t* stream, unsigned) {
  *stream = new CUstream_st;
  TheMachine().streams.insert(*stream);
  return cudaSuccess;
}

cudaError_t cudaStreamDestroy(cudaStream_t stream) {
  const cudaError_t answer = CheckStream(stream, "cudaStreamDestroy");
  if (answer != cudaSuccess) return answer;
  TheMachine().streams.erase(stream);
  delete stream;
  return cudaSuccess;
}

cudaError_t cudaStreamSynchronize(cudaStream_t stream) {
  return CheckStream(stream, "cudaStreamSynchronize");
}

cudaError_t cudaStreamWaitEvent(cudaStream_t stream, cudaEvent_t event,
                                unsigned) {
  const cudaError_t answer = CheckStream(stream, "cudaStreamWaitEvent");
  return answer != cudaSuccess ? answer
                               : CheckEvent(event, "cudaStreamWaitEvent");
}

cudaError_t cudaEventCreateWithFlags(cudaEvent_t* event, unsigned) {
  *event = new CUevent_st;
  TheMachine().events.insert(*event);
  return cudaSuccess;
}

cudaError_t cudaEventDestroy(cudaEvent_t event) {
  const cudaError_t answer = CheckEvent(event, "cudaEventDestroy");
  if (answer != cudaSuccess) return answer;
  TheMachine().events.erase(event);
  delete event;
  return cudaSuccess;
}

cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream) {
  const cudaError_t answer = CheckStream(stream, "cudaEventRecord");
  return answer != cudaSuccess ? answer : CheckEvent(event, "cudaEventRecord");
}

cudaError_t cudaEventSynchronize(cudaEvent_t event) {
  return CheckEvent(event, "cudaEventSynchronize");
}
