#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "core/cuda/cuda_device.h"
#include "core/cuda/cudnn/convolution_plan.h"
#include "core/cuda/cudnn/engine.h"
#include "core/cuda/cudnn/plan_target.h"
#include "core/files/read_file.h"
#include "core/status_macros.h"
#include "net/graph/parameter_store.h"
#include "net/planned_net.h"
#include "net/report/summary.h"
#include "nlohmann/json.hpp"
#include "solvers/backend_cuda.h"
#include "tools/device_check/planned_passes.h"

namespace tamp {
namespace {

constexpr int64_t kMaxDescriptionBytes = 1 << 20;

absl::StatusOr<std::string> ReadDescription(const std::string& device) {
  absl::StatusOr<std::string> known = DeviceDescription(device);
  if (known.ok()) return known;
  absl::StatusOr<std::string> file = ReadFile(device, kMaxDescriptionBytes);
  if (!absl::IsNotFound(file.status())) return file;
  return absl::NotFoundError(
      absl::StrCat(known.status().message(), ", and there is no such file"));
}

PlannedPass PlanPass(const std::string& layer,
                     const ConvolutionProblem& problem,
                     const PlanTarget& target, int64_t workspace_budget) {
  PlannedPass pass;
  pass.layer = layer;
  pass.problem = problem;
  const absl::StatusOr<ConvolutionPlan> plan =
      PlanConvolution(problem, target, workspace_budget);
  if (!plan.ok()) {
    pass.refusal = std::string(plan.status().message());
    return pass;
  }
  pass.engine = plan->engine();
  pass.notes = NoteNames(plan->notes());
  pass.workspace_bytes = plan->workspace_bytes();
  pass.num_proposed = plan->num_proposed();
  return pass;
}

// The sizes that layers ask of a device.
absl::StatusOr<CudaDeviceDescription> ReadSizes(std::string description) {
  const nlohmann::json json = nlohmann::json::parse(description, /*cb=*/nullptr,
                                                    /*allow_exceptions=*/false);
  for (const char* const key : {"totalGlobalMem", "multiProcessorCount"}) {
    if (!json.is_object() || !json.contains(key) ||
        !json[key].is_number_integer()) {
      return absl::InvalidArgumentError(
          absl::StrCat("the description of the device lacks ", key));
    }
  }
  CudaDeviceDescription device;
  device.cudnn_json = std::move(description);
  device.total_bytes = json["totalGlobalMem"].get<int64_t>();
  device.num_multiprocessors = json["multiProcessorCount"].get<int>();
  return device;
}

void SetPrecision(DevicePrecision precision, NetParameter* net) {
  net->set_compute(precision == DevicePrecision::kBf16 ? NetParameter::BF16
                   : precision == DevicePrecision::kFp16
                       ? NetParameter::FP16
                       : NetParameter::FLOAT32);
  net->set_math(precision == DevicePrecision::kTf32 ? NetParameter::TF32
                                                    : NetParameter::FP32);
}

}  // namespace

absl::StatusOr<std::vector<PlannedPass>> PlanPasses(
    const std::vector<NetConvolution>& convolutions,
    const PlanningOptions& options) {
  std::vector<ConvolutionDirection> directions = {
      ConvolutionDirection::kForward};
  if (options.phase == TRAIN) {
    directions.push_back(ConvolutionDirection::kInputGradient);
    directions.push_back(ConvolutionDirection::kFilterGradient);
  }
  ASSIGN_OR_RETURN(const std::string description,
                   ReadDescription(options.device));
  ASSIGN_OR_RETURN(const PlanTarget target, PlanTarget::Described(description));
  std::vector<PlannedPass> passes;
  for (const NetConvolution& convolution : convolutions) {
    for (const ConvolutionDirection direction : directions) {
      passes.push_back(
          PlanPass(convolution.layer,
                   ProblemOf(convolution.options, direction, options.precision),
                   target, options.workspace_budget));
    }
  }
  return passes;
}

absl::StatusOr<MemorySummary> PlanMemory(const NetParameter& net,
                                         const PlanningOptions& options) {
  ASSIGN_OR_RETURN(std::string description, ReadDescription(options.device));
  ASSIGN_OR_RETURN(const CudaDeviceDescription device,
                   ReadSizes(std::move(description)));
  NetOptions net_options;
  net_options.phase = options.phase;
  ASSIGN_OR_RETURN(net_options.backend, DescribeCudaBackend(device));
  NetParameter precise = net;
  SetPrecision(options.precision, &precise);
  ParameterStore parameters;
  ASSIGN_OR_RETURN(const PlannedNet planned,
                   PlanNet(precise, net_options, &parameters));
  return Summarize(planned, options.phase, parameters).memory;
}

}  // namespace tamp
