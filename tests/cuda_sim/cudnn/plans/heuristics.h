// What the library proposes for a graph, as descriptors.

#ifndef TAMP_TESTS_CUDA_SIM_CUDNN_PLANS_HEURISTICS_H_
#define TAMP_TESTS_CUDA_SIM_CUDNN_PLANS_HEURISTICS_H_

#include <cudnn.h>

#include <vector>

#include "tests/cuda_sim/cudnn/descriptors/descriptor.h"
#include "tests/cuda_sim/cudnn/descriptors/device_properties.h"
#include "tests/cuda_sim/cudnn/descriptors/operation_graph.h"
#include "tests/cuda_sim/cudnn/plans/engine.h"

namespace tamp {
namespace cuda_sim {

// Filled in by EngineConfigurationDescriptor.
class EngineDescriptor : public Descriptor {
 public:
  void Fill(const Engine& engine);

 protected:
  cudnnStatus_t Check() override;
  cudnnStatus_t GetAttribute(cudnnBackendAttributeName_t name,
                             const Room& room) const override;

 private:
  Engine engine_;
};

struct EngineConfiguration {
  Engine engine;
  ConvolutionOperation operation;
  DeviceProperties device;
};

// Filled in by HeuristicsDescriptor.
class EngineConfigurationDescriptor : public Descriptor {
 public:
  using Value = EngineConfiguration;
  const EngineConfiguration& value() const { return configuration_; }

  void Fill(const EngineConfiguration& configuration);

 protected:
  cudnnStatus_t Check() override;
  cudnnStatus_t GetAttribute(cudnnBackendAttributeName_t name,
                             const Room& room) const override;

 private:
  EngineConfiguration configuration_;
};

class HeuristicsDescriptor : public Descriptor {
 protected:
  cudnnStatus_t SetAttribute(cudnnBackendAttributeName_t name,
                             const Elements& elements) override;
  cudnnStatus_t Check() override;
  cudnnStatus_t GetAttribute(cudnnBackendAttributeName_t name,
                             const Room& room) const override;

 private:
  OperationGraph graph_;
  cudnnBackendHeurMode_t mode_ = CUDNN_HEUR_MODE_INSTANT;
  DeviceProperties device_;
  bool has_graph_ = false, is_graph_finalized_ = false, has_device_ = false;
  std::vector<Engine> engines_;
};

}  // namespace cuda_sim
}  // namespace tamp

#endif  // TAMP_TESTS_CUDA_SIM_CUDNN_PLANS_HEURISTICS_H_
