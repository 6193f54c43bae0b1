#ifndef TAMP_TESTS_CUDA_SIM_CUDNN_PLANS_EXECUTION_PLAN_H_
#define TAMP_TESTS_CUDA_SIM_CUDNN_PLANS_EXECUTION_PLAN_H_

#include <cudnn.h>

#include "tests/cuda_sim/cudnn/descriptors/descriptor.h"
#include "tests/cuda_sim/cudnn/plans/heuristics.h"

namespace tamp {
namespace cuda_sim {

class ExecutionPlanDescriptor : public Descriptor {
 public:
  const EngineConfiguration& configuration() const { return configuration_; }

 protected:
  cudnnStatus_t SetAttribute(cudnnBackendAttributeName_t name,
                             const Elements& elements) override;
  cudnnStatus_t Check() override;
  cudnnStatus_t GetAttribute(cudnnBackendAttributeName_t name,
                             const Room& room) const override;

 private:
  EngineConfiguration configuration_;
  cudnnHandle_t handle_ = nullptr;
  DeviceProperties device_;
  bool has_configuration_ = false, has_device_ = false;
};

}  // namespace cuda_sim
}  // namespace tamp

#endif  // TAMP_TESTS_CUDA_SIM_CUDNN_PLANS_EXECUTION_PLAN_H_
