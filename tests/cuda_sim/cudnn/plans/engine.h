// The engines: how operations can be computed, and what that takes.

#ifndef TAMP_TESTS_CUDA_SIM_CUDNN_PLANS_ENGINE_H_
#define TAMP_TESTS_CUDA_SIM_CUDNN_PLANS_ENGINE_H_

#include <cudnn.h>

#include <cstdint>
#include <vector>

#include "tests/cuda_sim/cudnn/descriptors/convolution_operation.h"
#include "tests/cuda_sim/cudnn/descriptors/device_properties.h"

namespace tamp {
namespace cuda_sim {

enum class EngineKind {
  kDirect,            // always there: no workspace
  kTable,             // offsets in a small workspace
  kAtomic,            // gradients, not the same from run to run
  kWinograd,          // filters of 3 x 3
  kTensorCore,        // operands copied to NHWC
  kCompiledAtRunTime  // tensor cores on NHWC, no workspace
};

struct Engine {
  int64_t index;
  EngineKind kind;
  std::vector<cudnnBackendNumericalNote_t> numerical_notes;
  std::vector<cudnnBackendBehaviorNote_t> behavior_notes;
  int64_t workspace_bytes;
  // Whether products round float operands to TF32.
  bool rounds_to_tf32;
};

// Those that can compute `operation` on `device`, as the library orders them:
// those that it thinks fast first, or those that it falls back to.
std::vector<Engine> EnginesFor(const ConvolutionOperation& operation,
                               const DeviceProperties& device,
                               cudnnBackendHeurMode_t mode);

}  // namespace cuda_sim
}  // namespace tamp

#endif  // TAMP_TESTS_CUDA_SIM_CUDNN_PLANS_ENGINE_H_
