// What is planned for a net on a described device: its convolutions, by cuDNN,
// and its memory.

#ifndef TAMP_TOOLS_DEVICE_CHECK_PLANNED_PASSES_H_
#define TAMP_TOOLS_DEVICE_CHECK_PLANNED_PASSES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/cuda/cudnn/convolution_problem.h"
#include "net/report/summary.h"
#include "proto/net.pb.h"
#include "tools/device_check/net_convolutions.h"

namespace tamp {

// One direction of one convolution.
struct PlannedPass {
  std::string layer;
  ConvolutionProblem problem;
  // Why there is no plan; empty: there is one, and this is it.
  std::string refusal;
  int64_t engine = -1;
  std::string notes;  // on its arithmetic
  int64_t workspace_bytes = 0;
  int num_proposed = 0;
};

struct PlanningOptions {
  // "h100", "a100", or a file with a description (plan_target.h).
  std::string device;
  DevicePrecision precision = DevicePrecision::kFp32;
  int64_t workspace_budget = 0;
  // In TEST only the forward direction.
  Phase phase = TRAIN;
};

// An error where nothing can be planned: an unknown device, a description that
// is none, a build without cuDNN.
absl::StatusOr<std::vector<PlannedPass>> PlanPasses(
    const std::vector<NetConvolution>& convolutions,
    const PlanningOptions& options);

// The memory of the whole net, workspaces of cuDNN included, which its layers
// bound themselves. An error, besides those, where a layer has no plan.
absl::StatusOr<MemorySummary> PlanMemory(const NetParameter& net,
                                         const PlanningOptions& options);

}  // namespace tamp

#endif  // TAMP_TOOLS_DEVICE_CHECK_PLANNED_PASSES_H_
