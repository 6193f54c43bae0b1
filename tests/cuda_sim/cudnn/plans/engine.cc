#include "tests/cuda_sim/cudnn/plans/engine.h"

#include <algorithm>

namespace tamp {
namespace cuda_sim {
namespace {

bool IsHalf(cudnnDataType_t type) {
  return type == CUDNN_DATA_HALF || type == CUDNN_DATA_BFLOAT16;
}

// Without one of these there is no engine at all.
bool IsSupported(const ConvolutionOperation& operation) {
  const cudnnDataType_t type = operation.x.data_type;
  return (type == CUDNN_DATA_FLOAT || IsHalf(type)) &&
         operation.w.data_type == type && operation.y.data_type == type &&
         operation.convolution.compute_type == CUDNN_DATA_FLOAT &&
         operation.convolution.num_spatial_dims == 2;
}

bool HasEqualPadding(const ConvolutionOperation& operation) {
  return operation.convolution.pad_before == operation.convolution.pad_after;
}

bool HasTensorCores(const DeviceProperties& device, cudnnDataType_t type) {
  return device.version >= (type == CUDNN_DATA_HALF ? 700 : 800);
}

bool IsNhwc(const Tensor& tensor) { return tensor.strides[1] == 1; }

bool AreAligned(const ConvolutionOperation& operation, int64_t bytes) {
  return std::min({operation.x.alignment, operation.w.alignment,
                   operation.y.alignment}) >= bytes;
}

// What the copies of all tensors that are not NHWC take.
int64_t CopiedBytes(const ConvolutionOperation& operation) {
  int64_t bytes = 0;
  for (const Tensor* tensor : {&operation.x, &operation.w, &operation.y}) {
    if (!IsNhwc(*tensor)) {
      bytes += tensor->num_elements() * (IsHalf(tensor->data_type) ? 2 : 4);
    }
  }
  return bytes == 0 ? 0 : bytes + 16;
}

Engine Direct() {
  return {
      0,    EngineKind::kDirect, {CUDNN_NUMERICAL_NOTE_STRICT_NAN_PROP}, {}, 0,
      false};
}

Engine Table(const ConvolutionOperation& operation) {
  const auto& w = operation.w.extents;
  return {1, EngineKind::kTable, {}, {}, 4 * w[1] * w[2] * w[3], false};
}

Engine Atomic(const ConvolutionOperation& operation) {
  Engine engine = {25, EngineKind::kAtomic, {}, {}, 0, false};
  if (IsHalf(operation.x.data_type)) {
    engine.numerical_notes.push_back(
        CUDNN_NUMERICAL_NOTE_REDUCED_PRECISION_REDUCTION);
  }
  engine.numerical_notes.push_back(CUDNN_NUMERICAL_NOTE_NONDETERMINISTIC);
  return engine;
}

Engine Winograd(const ConvolutionOperation& operation) {
  const auto& w = operation.w.extents;
  return {
      6,
      EngineKind::kWinograd,
      {CUDNN_NUMERICAL_NOTE_WINOGRAD, CUDNN_NUMERICAL_NOTE_WINOGRAD_TILE_4x4},
      {},
      36 * 4 * w[0] * w[1],
      false};
}

Engine TensorCore(const ConvolutionOperation& operation) {
  return {
      46, EngineKind::kTensorCore, {CUDNN_NUMERICAL_NOTE_TENSOR_CORE},
      {}, CopiedBytes(operation),  operation.x.data_type == CUDNN_DATA_FLOAT};
}

Engine CompiledAtRunTime(const ConvolutionOperation& operation) {
  return {71,
          EngineKind::kCompiledAtRunTime,
          {CUDNN_NUMERICAL_NOTE_TENSOR_CORE},
          {CUDNN_BEHAVIOR_NOTE_RUNTIME_COMPILATION},
          0,
          operation.x.data_type == CUDNN_DATA_FLOAT};
}

bool TakesWinograd(const ConvolutionOperation& operation) {
  const auto& w = operation.w.extents;
  const Convolution& convolution = operation.convolution;
  const std::vector<int64_t> ones = {1, 1};
  return operation.direction != Direction::kBackwardFilter && w[2] == 3 &&
         w[3] == 3 && convolution.stride == ones &&
         convolution.dilation == ones;
}

}  // namespace

std::vector<Engine> EnginesFor(const ConvolutionOperation& operation,
                               const DeviceProperties& device,
                               cudnnBackendHeurMode_t mode) {
  std::vector<Engine> engines;
  if (!IsSupported(operation)) return engines;
  const bool is_gradient = operation.direction != Direction::kForward;
  const bool equal_padding = HasEqualPadding(operation);
  if (mode != CUDNN_HEUR_MODE_FALLBACK &&
      HasTensorCores(device, operation.x.data_type) && equal_padding) {
    const bool is_nhwc =
        IsNhwc(operation.x) && IsNhwc(operation.w) && IsNhwc(operation.y);
    if (is_nhwc && AreAligned(operation, 16)) {
      engines.push_back(CompiledAtRunTime(operation));
    }
    engines.push_back(TensorCore(operation));
  }
  if (mode != CUDNN_HEUR_MODE_FALLBACK && TakesWinograd(operation) &&
      equal_padding) {
    engines.push_back(Winograd(operation));
  }
  if (is_gradient && equal_padding) engines.push_back(Atomic(operation));
  if (equal_padding) engines.push_back(Table(operation));
  engines.push_back(Direct());
  return engines;
}

}  // namespace cuda_sim
}  // namespace tamp
