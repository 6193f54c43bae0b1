// cudnnBackendExecute: queues what a plan computes on the handle's stream.

#include <cudnn.h>

#include <atomic>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "tests/cuda_sim/cudnn/descriptors/refusal.h"
#include "tests/cuda_sim/cudnn/descriptors/variant_pack.h"
#include "tests/cuda_sim/cudnn/handle.h"
#include "tests/cuda_sim/cudnn/plans/execution_plan.h"
#include "tests/cuda_sim/math/convolution.h"
#include "tests/cuda_sim/math/elements.h"
#include "tests/cuda_sim/runtime/queue_work.h"

namespace tamp {
namespace cuda_sim {
namespace {

ElementType TypeOf(const Tensor& tensor) {
  switch (tensor.data_type) {
    case CUDNN_DATA_HALF:
      return ElementType::kHalf;
    case CUDNN_DATA_BFLOAT16:
      return ElementType::kBfloat16;
    default:
      return ElementType::kFloat;
  }
}

// Engines take four dimensions.
std::array<int64_t, 4> Four(const std::vector<int64_t>& values) {
  return {values[0], values[1], values[2], values[3]};
}

Layout LayoutOf(const Tensor& tensor) {
  return {Four(tensor.extents), Four(tensor.strides)};
}

std::vector<double> ReadTensor(const Tensor& tensor, const void* data,
                               Operands operands) {
  return ReadElements(TypeOf(tensor), LayoutOf(tensor), data, operands);
}

ConvolutionSizes SizesOf(const ConvolutionOperation& operation) {
  const Convolution& convolution = operation.convolution;
  return {Four(operation.x.extents),
          Four(operation.w.extents),
          Four(operation.y.extents),
          {convolution.pad_before[0], convolution.pad_before[1]},
          {convolution.stride[0], convolution.stride[1]},
          {convolution.dilation[0], convolution.dilation[1]},
          convolution.mode == CUDNN_CONVOLUTION};
}

// Each tensor's place.
struct Pointers {
  void* x;
  void* w;
  void* y;
};

std::vector<double> Product(const ConvolutionOperation& operation,
                            const Pointers& at, Operands operands) {
  const ConvolutionSizes sizes = SizesOf(operation);
  const auto x = [&] { return ReadTensor(operation.x, at.x, operands); };
  const auto w = [&] { return ReadTensor(operation.w, at.w, operands); };
  const auto y = [&] { return ReadTensor(operation.y, at.y, operands); };
  switch (operation.direction) {
    case Direction::kForward:
      return Convolve(sizes, x(), w());
    case Direction::kBackwardData:
      return InputGradient(sizes, y(), w());
    default:
      return FilterGradient(sizes, x(), y());
  }
}

void* OutputOf(const ConvolutionOperation& operation, const Pointers& at) {
  switch (operation.direction) {
    case Direction::kForward:
      return at.y;
    case Direction::kBackwardData:
      return at.x;
    default:
      return at.w;
  }
}

// What sums in another order change: of an engine that has no fixed one, each
// second run comes out a little larger.
double RunFactor(const Engine& engine) {
  static std::atomic<uint64_t> num_runs{0};
  if (engine.kind != EngineKind::kAtomic) return 1;
  return num_runs++ % 2 == 0 ? 1 : 1 + 1. / (1 << 22);
}

void Compute(const EngineConfiguration& configuration, const Pointers& at) {
  const ConvolutionOperation& operation = configuration.operation;
  const Operands operands = configuration.engine.rounds_to_tf32
                                ? Operands::kTf32
                                : Operands::kAsTheyAre;
  std::vector<double> result = Product(operation, at, operands);
  const double alpha = operation.alpha * RunFactor(configuration.engine);
  if (alpha != 1) {
    for (double& value : result) value *= alpha;
  }
  const Tensor& output = operation.output();
  void* const to = OutputOf(operation, at);
  // What is there counts only with a factor: it may be anything.
  if (operation.beta != 0) {
    const auto before = ReadTensor(output, to, Operands::kAsTheyAre);
    for (size_t i = 0; i < result.size(); ++i) {
      result[i] += operation.beta * before[i];
    }
  }
  WriteElements(TypeOf(output), LayoutOf(output), result, to);
}

// The tensor's pointer in the pack, null if there is none.
void* Find(const VariantPack& pack, const Tensor& tensor) {
  for (size_t i = 0; i < pack.ids.size(); ++i) {
    if (pack.ids[i] == tensor.id) return pack.pointers[i];
  }
  return nullptr;
}

cudnnStatus_t FindAll(const VariantPack& pack,
                      const ConvolutionOperation& operation, Pointers* at) {
  const std::pair<const Tensor*, void**> all[] = {
      {&operation.x, &at->x}, {&operation.w, &at->w}, {&operation.y, &at->y}};
  for (const auto& [tensor, pointer] : all) {
    *pointer = Find(pack, *tensor);
    if (*pointer == nullptr) {
      return Refuse(CUDNN_STATUS_BAD_PARAM,
                    "the variant pack has no pointer of a tensor");
    }
    if (reinterpret_cast<uintptr_t>(*pointer) % tensor->alignment != 0) {
      return Refuse(CUDNN_STATUS_BAD_PARAM_MISALIGNED_POINTER,
                    "a pointer is less aligned than its tensor promised");
    }
  }
  return CUDNN_STATUS_SUCCESS;
}

MemoryRange RangeOf(const Tensor& tensor, const void* data) {
  return {data, tensor.span() * SizeOf(TypeOf(tensor))};
}

Work WorkOf(const EngineConfiguration& configuration, const Pointers& at,
            void* workspace) {
  const ConvolutionOperation& operation = configuration.operation;
  Work work;
  work.name = "cudnnBackendExecute";
  const Tensor* const output = &operation.output();
  const std::pair<const Tensor*, void*> all[] = {
      {&operation.x, at.x}, {&operation.w, at.w}, {&operation.y, at.y}};
  for (const auto& [tensor, data] : all) {
    const MemoryRange range = RangeOf(*tensor, data);
    if (tensor == output) work.writes.push_back(range);
    if (tensor != output || operation.beta != 0) work.reads.push_back(range);
  }
  const auto workspace_bytes =
      static_cast<size_t>(configuration.engine.workspace_bytes);
  if (workspace_bytes > 0) work.writes.push_back({workspace, workspace_bytes});
  work.run = [configuration, at] { Compute(configuration, at); };
  return work;
}

cudnnStatus_t Execute(const cudnnContext& context,
                      const EngineConfiguration& configuration,
                      const VariantPack& pack) {
  if (configuration.device.version != context.properties.version) {
    return Refuse(CUDNN_STATUS_NOT_SUPPORTED_ARCH_MISMATCH,
                  "the plan is for another device than the handle's");
  }
  Pointers at;
  const cudnnStatus_t status = FindAll(pack, configuration.operation, &at);
  if (status != CUDNN_STATUS_SUCCESS) return status;
  if (configuration.engine.workspace_bytes > 0 && pack.workspace == nullptr) {
    return Refuse(CUDNN_STATUS_BAD_PARAM_NULL_POINTER,
                  "the variant pack has no workspace, which the plan needs");
  }
  if (QueueWork(context.stream, WorkOf(configuration, at, pack.workspace)) !=
      cudaSuccess) {
    return Refuse(CUDNN_STATUS_EXECUTION_FAILED_CUDART,
                  "the device is broken by earlier work");
  }
  return CUDNN_STATUS_SUCCESS;
}

}  // namespace
}  // namespace cuda_sim
}  // namespace tamp

using tamp::cuda_sim::Descriptor;
using tamp::cuda_sim::ExecutionPlanDescriptor;
using tamp::cuda_sim::Refuse;
using tamp::cuda_sim::VariantPackDescriptor;

extern "C" {

cudnnStatus_t cudnnBackendExecute(cudnnHandle_t handle,
                                  cudnnBackendDescriptor_t executionPlan,
                                  cudnnBackendDescriptor_t variantPack) {
  const auto* const plan = dynamic_cast<const ExecutionPlanDescriptor*>(
      Descriptor::Of(executionPlan));
  const auto* const pack =
      dynamic_cast<const VariantPackDescriptor*>(Descriptor::Of(variantPack));
  if (handle == nullptr || plan == nullptr || pack == nullptr) {
    return Refuse(CUDNN_STATUS_BAD_PARAM,
                  "no handle, plan or variant pack to execute with");
  }
  if (!plan->is_finalized() || !pack->is_finalized()) {
    return Refuse(CUDNN_STATUS_BAD_PARAM_NOT_FINALIZED,
                  "a plan or variant pack that is not finalized");
  }
  return tamp::cuda_sim::Execute(tamp::cuda_sim::ContextOf(handle),
                                 plan->configuration(), pack->value());
}

}  // extern "C"
