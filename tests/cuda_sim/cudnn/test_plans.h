// Plans for tests: what heuristics propose, and its engines. Also compiles
// against NVIDIA's header.

#ifndef TAMP_TESTS_CUDA_SIM_CUDNN_TEST_PLANS_H_
#define TAMP_TESTS_CUDA_SIM_CUDNN_TEST_PLANS_H_

#include <cudnn.h>

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "tests/cuda_sim/cudnn/test_descriptors.h"

namespace tamp {
namespace cuda_sim {

struct TestProposals {
  int64_t num_promised = 0;
  std::vector<TestDescriptor> configurations;
};

inline TestDescriptor UnfinalizedHeuristics(const TestDescriptor& graph,
                                            cudnnBackendHeurMode_t mode) {
  TestDescriptor heuristics(CUDNN_BACKEND_ENGINEHEUR_DESCRIPTOR);
  heuristics.Set(CUDNN_ATTR_ENGINEHEUR_OPERATION_GRAPH, graph);
  heuristics.Set<cudnnBackendHeurMode_t>(CUDNN_ATTR_ENGINEHEUR_MODE,
                                         CUDNN_TYPE_HEUR_MODE, {mode});
  return heuristics;
}

inline TestProposals ProposalsOf(const TestDescriptor& heuristics) {
  TestProposals proposals;
  EXPECT_EQ(
      cudnnBackendGetAttribute(heuristics.get(), CUDNN_ATTR_ENGINEHEUR_RESULTS,
                               CUDNN_TYPE_BACKEND_DESCRIPTOR, 0,
                               &proposals.num_promised, nullptr),
      CUDNN_STATUS_SUCCESS);
  int64_t count = proposals.num_promised;
  std::vector<cudnnBackendDescriptor_t> pointers;
  for (int64_t i = 0; i < count; ++i) {
    proposals.configurations.emplace_back(CUDNN_BACKEND_ENGINECFG_DESCRIPTOR);
    pointers.push_back(proposals.configurations.back().get());
  }
  if (count == 0) return proposals;
  EXPECT_EQ(cudnnBackendGetAttribute(
                heuristics.get(), CUDNN_ATTR_ENGINEHEUR_RESULTS,
                CUDNN_TYPE_BACKEND_DESCRIPTOR, count, &count, pointers.data()),
            CUDNN_STATUS_SUCCESS);
  while (static_cast<int64_t>(proposals.configurations.size()) > count) {
    proposals.configurations.pop_back();
  }
  return proposals;
}

inline TestProposals Propose(const TestDescriptor& graph,
                             const TestDescriptor& device,
                             cudnnBackendHeurMode_t mode) {
  TestDescriptor heuristics = UnfinalizedHeuristics(graph, mode);
  heuristics.Set(CUDNN_ATTR_ENGINEHEUR_DEVICEPROP, device);
  EXPECT_EQ(heuristics.Finalize(), CUDNN_STATUS_SUCCESS);
  return ProposalsOf(heuristics);
}

struct TestEngine {
  int64_t index = -1;
  std::vector<cudnnBackendNumericalNote_t> numerical_notes;
  std::vector<cudnnBackendBehaviorNote_t> behavior_notes;

  bool Has(cudnnBackendNumericalNote_t note) const {
    return std::count(numerical_notes.begin(), numerical_notes.end(), note) > 0;
  }
};

inline TestEngine EngineOf(const TestDescriptor& configuration) {
  TestDescriptor descriptor(CUDNN_BACKEND_ENGINE_DESCRIPTOR);
  cudnnBackendDescriptor_t pointer = descriptor.get();
  int64_t count = 0;
  EXPECT_EQ(cudnnBackendGetAttribute(
                configuration.get(), CUDNN_ATTR_ENGINECFG_ENGINE,
                CUDNN_TYPE_BACKEND_DESCRIPTOR, 1, &count, &pointer),
            CUDNN_STATUS_SUCCESS);
  EXPECT_EQ(count, 1);
  TestEngine engine;
  const auto index = GetList<int64_t>(
      descriptor, CUDNN_ATTR_ENGINE_GLOBAL_INDEX, CUDNN_TYPE_INT64, 1);
  if (!index.empty()) engine.index = index[0];
  engine.numerical_notes = GetList<cudnnBackendNumericalNote_t>(
      descriptor, CUDNN_ATTR_ENGINE_NUMERICAL_NOTE, CUDNN_TYPE_NUMERICAL_NOTE,
      CUDNN_NUMERICAL_NOTE_TYPE_COUNT);
  engine.behavior_notes = GetList<cudnnBackendBehaviorNote_t>(
      descriptor, CUDNN_ATTR_ENGINE_BEHAVIOR_NOTE, CUDNN_TYPE_BEHAVIOR_NOTE,
      CUDNN_BEHAVIOR_NOTE_TYPE_COUNT);
  return engine;
}

inline TestDescriptor UnfinalizedPlan(const TestDescriptor& configuration) {
  TestDescriptor plan(CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR);
  plan.Set(CUDNN_ATTR_EXECUTION_PLAN_ENGINE_CONFIG, configuration);
  return plan;
}

inline int64_t WorkspaceOf(const TestDescriptor& plan) {
  const auto bytes = GetList<int64_t>(
      plan, CUDNN_ATTR_EXECUTION_PLAN_WORKSPACE_SIZE, CUDNN_TYPE_INT64, 1);
  return bytes.empty() ? -1 : bytes[0];
}

}  // namespace cuda_sim
}  // namespace tamp

#endif  // TAMP_TESTS_CUDA_SIM_CUDNN_TEST_PLANS_H_
