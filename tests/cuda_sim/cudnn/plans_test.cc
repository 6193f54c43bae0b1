// What heuristics propose for a described device. With --config=cuda the same
// test asks NVIDIA's library: it has more engines, these among them.

#include <cudnn.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/cuda_sim/cudnn/test_descriptors.h"
#include "tests/cuda_sim/cudnn/test_plans.h"

namespace tamp {
namespace cuda_sim {
namespace {

constexpr auto kSuccess = CUDNN_STATUS_SUCCESS;
constexpr auto kFast = CUDNN_HEUR_MODE_A;
constexpr auto kFallback = CUDNN_HEUR_MODE_FALLBACK;

TestOperation OfType(cudnnDataType_t type) {
  TestOperation operation;
  operation.x.type = operation.w.type = operation.y.type = type;
  return operation;
}

class PlansTest : public testing::TestWithParam<TestDirection> {
 protected:
  TestProposals Ask(const TestOperation& operation, cudnnBackendHeurMode_t mode,
                    int version = 900) {
    return Propose(Graph(GetParam(), operation), Device(version), mode);
  }
  bool HasNote(const TestProposals& proposals,
               cudnnBackendNumericalNote_t note) {
    return std::any_of(proposals.configurations.begin(),
                       proposals.configurations.end(),
                       [&](const TestDescriptor& configuration) {
                         return EngineOf(configuration).Has(note);
                       });
  }
  bool is_forward() const { return GetParam().type == AllDirections()[0].type; }
};

TEST_P(PlansTest, MakesPlansOfWhatIsProposed) {
  for (auto type : {CUDNN_DATA_FLOAT, CUDNN_DATA_HALF, CUDNN_DATA_BFLOAT16}) {
    for (auto mode : {kFast, kFallback}) {
      const TestProposals proposals = Ask(OfType(type), mode);
      EXPECT_GT(proposals.configurations.size(), 0u);
      bool needs_workspace = false;
      for (const TestDescriptor& configuration : proposals.configurations) {
        TestDescriptor plan = UnfinalizedPlan(configuration);
        EXPECT_EQ(plan.Set(CUDNN_ATTR_EXECUTION_PLAN_DEVICEPROP, Device()),
                  kSuccess);
        EXPECT_EQ(plan.Finalize(), kSuccess);
        EXPECT_GE(WorkspaceOf(plan), 0);
        needs_workspace |= WorkspaceOf(plan) > 0;
      }
      EXPECT_TRUE(needs_workspace || mode == kFallback);
    }
  }
}

TEST_P(PlansTest, MayGiveFewerThanItPromises) {
  const TestProposals proposals = Ask({}, kFallback);
  EXPECT_GT(proposals.num_promised,
            static_cast<int64_t>(proposals.configurations.size()));
}

TEST_P(PlansTest, HasTensorCores) {
  for (auto type : {CUDNN_DATA_FLOAT, CUDNN_DATA_HALF, CUDNN_DATA_BFLOAT16}) {
    EXPECT_TRUE(
        HasNote(Ask(OfType(type), kFast), CUDNN_NUMERICAL_NOTE_TENSOR_CORE));
    EXPECT_FALSE(HasNote(Ask(OfType(type), kFallback),
                         CUDNN_NUMERICAL_NOTE_TENSOR_CORE));
  }
  // Of a T4: for half alone.
  EXPECT_TRUE(HasNote(Ask(OfType(CUDNN_DATA_HALF), kFast, 750),
                      CUDNN_NUMERICAL_NOTE_TENSOR_CORE));
  EXPECT_FALSE(HasNote(Ask(OfType(CUDNN_DATA_FLOAT), kFast, 750),
                       CUDNN_NUMERICAL_NOTE_TENSOR_CORE));
}

TEST_P(PlansTest, AtomicSumsAreNotDeterministic) {
  EXPECT_EQ(HasNote(Ask({}, kFallback), CUDNN_NUMERICAL_NOTE_NONDETERMINISTIC),
            !is_forward());
  EXPECT_EQ(HasNote(Ask(OfType(CUDNN_DATA_HALF), kFallback),
                    CUDNN_NUMERICAL_NOTE_REDUCED_PRECISION_REDUCTION),
            !is_forward());
}

TEST_P(PlansTest, OneEngineDoesEverything) {
  TestOperation uneven;
  uneven.y.extents = {2, 4, 5, 6};
  uneven.convolution.pad_after = {0, 1};
  for (const TestOperation& operation :
       {TestOperation(), OfType(CUDNN_DATA_HALF), uneven}) {
    const TestProposals proposals = Ask(operation, kFallback);
    ASSERT_GT(proposals.configurations.size(), 0u);
    const TestDescriptor& last = proposals.configurations.back();
    EXPECT_EQ(EngineOf(last).index, 0);
    EXPECT_TRUE(EngineOf(last).Has(CUDNN_NUMERICAL_NOTE_STRICT_NAN_PROP));
    TestDescriptor plan = UnfinalizedPlan(last);
    EXPECT_EQ(plan.Finalize(), kSuccess);
    EXPECT_EQ(WorkspaceOf(plan), 0);
  }
}

TEST_P(PlansTest, HasNoneForTypesThatDiffer) {
  TestOperation operation;
  operation.y.type = CUDNN_DATA_HALF;
  EXPECT_TRUE(Ask(operation, kFast).configurations.empty());
  EXPECT_TRUE(Ask(operation, kFallback).configurations.empty());
}

TEST_P(PlansTest, AttributesAreReadOnceFinalized) {
  TestDescriptor heuristics =
      UnfinalizedHeuristics(Graph(GetParam(), {}), kFast);
  int64_t count;
  const auto ask = [&](auto type) {
    return cudnnBackendGetAttribute(heuristics.get(),
                                    CUDNN_ATTR_ENGINEHEUR_RESULTS, type, 0,
                                    &count, nullptr);
  };
  EXPECT_EQ(ask(CUDNN_TYPE_BACKEND_DESCRIPTOR), CUDNN_STATUS_NOT_INITIALIZED);
  heuristics.Set(CUDNN_ATTR_ENGINEHEUR_DEVICEPROP, Device());
  EXPECT_EQ(heuristics.Finalize(), kSuccess);
  EXPECT_EQ(ask(CUDNN_TYPE_BACKEND_DESCRIPTOR), kSuccess);
  EXPECT_EQ(ask(CUDNN_TYPE_INT64), CUDNN_STATUS_BAD_PARAM_ATTRIBUTE_TYPE);
  EXPECT_EQ(heuristics.Set<cudnnBackendHeurMode_t>(
                CUDNN_ATTR_ENGINEHEUR_MODE, CUDNN_TYPE_HEUR_MODE, {kFallback}),
            CUDNN_STATUS_BAD_PARAM);

  TestDescriptor plan(CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR);
  int64_t bytes;
  EXPECT_EQ(cudnnBackendGetAttribute(plan.get(),
                                     CUDNN_ATTR_EXECUTION_PLAN_WORKSPACE_SIZE,
                                     CUDNN_TYPE_INT64, 1, &count, &bytes),
            CUDNN_STATUS_NOT_INITIALIZED);
  TestDescriptor configuration(CUDNN_BACKEND_ENGINECFG_DESCRIPTOR);
  EXPECT_EQ(plan.Set(CUDNN_ATTR_EXECUTION_PLAN_ENGINE_CONFIG, configuration),
            kSuccess);
  EXPECT_EQ(plan.Finalize(), CUDNN_STATUS_BAD_PARAM_NOT_FINALIZED);
}

INSTANTIATE_TEST_SUITE_P(Directions, PlansTest,
                         testing::ValuesIn(AllDirections()),
                         [](const auto& info) {
                           return std::string(info.param.name);
                         });

TEST(HeuristicsTest, NeedAGraph) {
  TestDescriptor heuristics(CUDNN_BACKEND_ENGINEHEUR_DESCRIPTOR);
  EXPECT_EQ(heuristics.Finalize(), CUDNN_STATUS_BAD_PARAM);
  EXPECT_EQ(
      heuristics.Set(CUDNN_ATTR_ENGINEHEUR_OPERATION_GRAPH,
                     TestDescriptor(CUDNN_BACKEND_OPERATIONGRAPH_DESCRIPTOR)),
      kSuccess);
  EXPECT_EQ(heuristics.Finalize(), CUDNN_STATUS_BAD_PARAM_NOT_FINALIZED);
}

}  // namespace
}  // namespace cuda_sim
}  // namespace tamp
