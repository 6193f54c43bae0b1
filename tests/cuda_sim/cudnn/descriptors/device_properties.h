#ifndef TAMP_TESTS_CUDA_SIM_CUDNN_DESCRIPTORS_DEVICE_PROPERTIES_H_
#define TAMP_TESTS_CUDA_SIM_CUDNN_DESCRIPTORS_DEVICE_PROPERTIES_H_

#include <cudnn.h>

#include <string>

#include "tests/cuda_sim/cudnn/descriptors/descriptor.h"

namespace tamp {
namespace cuda_sim {

struct DeviceProperties {
  int version = 0;  // 100 times the compute capability: 900
};

// A device that is described as JSON.
class DevicePropertiesDescriptor : public Descriptor {
 public:
  using Value = DeviceProperties;
  const DeviceProperties& value() const { return properties_; }

 protected:
  cudnnStatus_t SetAttribute(cudnnBackendAttributeName_t name,
                             const Elements& elements) override;
  cudnnStatus_t Check() override;

 private:
  std::string json_;
  DeviceProperties properties_;
};

}  // namespace cuda_sim
}  // namespace tamp

#endif  // TAMP_TESTS_CUDA_SIM_CUDNN_DESCRIPTORS_DEVICE_PROPERTIES_H_
