// PlanTarget: the device that a plan is made for. It is only described, which
// needs neither a GPU nor a driver.
//
// A description is what cuDNN writes of a device of its own: JSON, with
// "deviceVer" 900 for compute capability 9.0.

#ifndef TAMP_CORE_CUDA_CUDNN_PLAN_TARGET_H_
#define TAMP_CORE_CUDA_CUDNN_PLAN_TARGET_H_

#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/cuda/cudnn/descriptor.h"

namespace tamp {

class PlanTarget {
 public:
  static absl::StatusOr<PlanTarget> Described(const std::string& json);

  // Tell a descriptor of which device it is.
  void SetOnHeuristics(CudnnDescriptor* heuristics) const;
  void SetOnPlan(CudnnDescriptor* plan) const;

 private:
  explicit PlanTarget(CudnnDescriptor device) : device_(std::move(device)) {}

  CudnnDescriptor device_;
};

// The descriptions that come with Tamp: "h100" (SXM, 80 GB) and "a100" (SXM, 80
// GB). Another name is an error that says so.
absl::StatusOr<std::string> DeviceDescription(absl::string_view name);

}  // namespace tamp

#endif  // TAMP_CORE_CUDA_CUDNN_PLAN_TARGET_H_
