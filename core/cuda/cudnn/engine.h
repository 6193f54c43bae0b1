// What cuDNN proposes for an operation graph: engines, each configured, those
// first that it takes for the fastest.

#ifndef TAMP_CORE_CUDA_CUDNN_ENGINE_H_
#define TAMP_CORE_CUDA_CUDNN_ENGINE_H_

#include <cudnn.h>

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/cuda/cudnn/api/descriptor.h"
#include "core/cuda/cudnn/convolution_problem.h"
#include "core/cuda/cudnn/plan_target.h"

namespace tamp {

struct EngineProposal {
  CudnnDescriptor configuration;
  int64_t engine = -1;  // its number among those for such graphs
  std::vector<cudnnBackendNumericalNote_t> notes;
};

// The graph must outlive the proposals. There may be none.
absl::StatusOr<std::vector<EngineProposal>> ProposeEngines(
    const CudnnDescriptor& graph, const PlanTarget& target,
    cudnnBackendHeurMode_t mode);

// Why an engine with these notes may not compute the problem; empty: it may.
// It must give the same bits each time, sum float32, and round factors no more
// than the problem's math allows.
std::string RefusalOf(absl::Span<const cudnnBackendNumericalNote_t> notes,
                      const ConvolutionProblem& problem);

// For people: "tensor cores, Winograd".
std::string NoteNames(absl::Span<const cudnnBackendNumericalNote_t> notes);

}  // namespace tamp

#endif  // TAMP_CORE_CUDA_CUDNN_ENGINE_H_
