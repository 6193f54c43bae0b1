#include "core/cuda/cudnn/engine.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/status_macros.h"

namespace tamp {
namespace {

const char* NoteName(cudnnBackendNumericalNote_t note) {
  switch (note) {
    case CUDNN_NUMERICAL_NOTE_TENSOR_CORE:
      return "tensor cores";
    case CUDNN_NUMERICAL_NOTE_DOWN_CONVERT_INPUTS:
      return "inputs rounded to a smaller type";
    case CUDNN_NUMERICAL_NOTE_REDUCED_PRECISION_REDUCTION:
      return "sums below float32";
    case CUDNN_NUMERICAL_NOTE_FFT:
      return "FFT";
    case CUDNN_NUMERICAL_NOTE_NONDETERMINISTIC:
      return "not the same bits each time";
    case CUDNN_NUMERICAL_NOTE_WINOGRAD:
      return "Winograd";
    case CUDNN_NUMERICAL_NOTE_WINOGRAD_TILE_4x4:
      return "4x4 tiles";
    case CUDNN_NUMERICAL_NOTE_WINOGRAD_TILE_6x6:
      return "6x6 tiles";
    case CUDNN_NUMERICAL_NOTE_WINOGRAD_TILE_13x13:
      return "13x13 tiles";
    case CUDNN_NUMERICAL_NOTE_STRICT_NAN_PROP:
      return "NaN propagates";
    default:
      return "a note unknown to Tamp";
  }
}

absl::StatusOr<EngineProposal> ReadProposal(CudnnDescriptor configuration) {
  ASSIGN_OR_RETURN(
      const std::vector<CudnnDescriptor> engines,
      configuration.GetDescriptors(CUDNN_ATTR_ENGINECFG_ENGINE,
                                   CUDNN_BACKEND_ENGINE_DESCRIPTOR, "engine"));
  if (engines.size() != 1) {
    return absl::InternalError("a configuration without an engine");
  }
  EngineProposal proposal{std::move(configuration), -1, {}};
  ASSIGN_OR_RETURN(proposal.engine,
                   engines[0].GetInt64(CUDNN_ATTR_ENGINE_GLOBAL_INDEX));
  ASSIGN_OR_RETURN(proposal.notes, engines[0].Get<cudnnBackendNumericalNote_t>(
                                       CUDNN_ATTR_ENGINE_NUMERICAL_NOTE,
                                       CUDNN_NUMERICAL_NOTE_TYPE_COUNT));
  return proposal;
}

}  // namespace

absl::StatusOr<std::vector<EngineProposal>> ProposeEngines(
    const CudnnDescriptor& graph, const PlanTarget& target,
    cudnnBackendHeurMode_t mode) {
  CudnnDescriptor heuristics(CUDNN_BACKEND_ENGINEHEUR_DESCRIPTOR, "heuristics");
  heuristics.Set(CUDNN_ATTR_ENGINEHEUR_OPERATION_GRAPH, graph);
  heuristics.Set(CUDNN_ATTR_ENGINEHEUR_MODE, mode);
  target.SetOnHeuristics(&heuristics);
  RETURN_IF_ERROR(heuristics.Finalize());
  ASSIGN_OR_RETURN(std::vector<CudnnDescriptor> configurations,
                   heuristics.GetDescriptors(CUDNN_ATTR_ENGINEHEUR_RESULTS,
                                             CUDNN_BACKEND_ENGINECFG_DESCRIPTOR,
                                             "engine configuration"));
  std::vector<EngineProposal> proposals;
  for (CudnnDescriptor& configuration : configurations) {
    ASSIGN_OR_RETURN(EngineProposal proposal,
                     ReadProposal(std::move(configuration)));
    proposals.push_back(std::move(proposal));
  }
  return proposals;
}

std::string RefusalOf(absl::Span<const cudnnBackendNumericalNote_t> notes,
                      const ConvolutionProblem& problem) {
  const bool keeps_float32 = problem.x.type == ElementType::kFloat32 &&
                             problem.math == ConvolutionMath::kFp32;
  for (const cudnnBackendNumericalNote_t note : notes) {
    switch (note) {
      case CUDNN_NUMERICAL_NOTE_NONDETERMINISTIC:
      case CUDNN_NUMERICAL_NOTE_REDUCED_PRECISION_REDUCTION:
      case CUDNN_NUMERICAL_NOTE_DOWN_CONVERT_INPUTS:
      // Of these tiles float32 loses digits that nobody has allowed.
      case CUDNN_NUMERICAL_NOTE_WINOGRAD_TILE_6x6:
      case CUDNN_NUMERICAL_NOTE_WINOGRAD_TILE_13x13:
        return NoteName(note);
      case CUDNN_NUMERICAL_NOTE_TENSOR_CORE:
        if (keeps_float32) return NoteName(note);
        break;
      default:
        break;
    }
  }
  return "";
}

std::string NoteNames(absl::Span<const cudnnBackendNumericalNote_t> notes) {
  return absl::StrJoin(notes, ", ", [](std::string* out, auto note) {
    absl::StrAppend(out, NoteName(note));
  });
}

}  // namespace tamp
