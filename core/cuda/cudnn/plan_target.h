// PlanTarget: the device that a plan is made for: that of a handle, or one that
// is only described, which needs neither a GPU nor a driver.
//
// A description is what cuDNN writes of a device of its own: JSON, with
// "deviceVer" 900 for compute capability 9.0.

#ifndef TAMP_CORE_CUDA_CUDNN_PLAN_TARGET_H_
#define TAMP_CORE_CUDA_CUDNN_PLAN_TARGET_H_

#include <cudnn.h>

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/cuda/cudnn/api/descriptor.h"
#include "core/cuda/cudnn/cudnn_handle.h"

namespace tamp {

class PlanTarget {
 public:
  // The handle must outlive the target, and execute what is planned for it.
  explicit PlanTarget(const CudnnHandle& handle) : handle_(handle.get()) {}

  static absl::StatusOr<PlanTarget> Described(const std::string& json);

  // Tell a descriptor of which device it is, where its kind wants to know.
  void SetOnGraph(CudnnDescriptor* graph) const;
  void SetOnHeuristics(CudnnDescriptor* heuristics) const;
  void SetOnPlan(CudnnDescriptor* plan) const;

 private:
  explicit PlanTarget(CudnnDescriptor device) : device_(std::move(device)) {}

  // One of the two.
  cudnnHandle_t handle_ = nullptr;
  std::optional<CudnnDescriptor> device_;
};

// The descriptions that come with Tamp: "h100" (SXM, 80 GB) and "a100" (SXM, 80
// GB). Another name is an error that says so.
absl::StatusOr<std::string> DeviceDescription(absl::string_view name);

}  // namespace tamp

#endif  // TAMP_CORE_CUDA_CUDNN_PLAN_TARGET_H_
