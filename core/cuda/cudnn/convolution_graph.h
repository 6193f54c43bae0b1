// A ConvolutionProblem in cuDNN's words: an operation graph of one operation.

#ifndef TAMP_CORE_CUDA_CUDNN_CONVOLUTION_GRAPH_H_
#define TAMP_CORE_CUDA_CUDNN_CONVOLUTION_GRAPH_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "core/cuda/cudnn/api/descriptor.h"
#include "core/cuda/cudnn/convolution_problem.h"
#include "core/cuda/cudnn/plan_target.h"

namespace tamp {

// How a plan and its pointers name the tensors.
constexpr int64_t kConvolutionX = 1, kConvolutionW = 2, kConvolutionY = 3;

// Finalized, each behind those that it refers to: three tensors, the
// convolution, the operation, and last the graph. All must live as long as
// anything that is made of the graph.
absl::StatusOr<std::vector<CudnnDescriptor>> MakeConvolutionGraph(
    const ConvolutionProblem& problem, const PlanTarget& target);

}  // namespace tamp

#endif  // TAMP_CORE_CUDA_CUDNN_CONVOLUTION_GRAPH_H_
