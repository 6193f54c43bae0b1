// Handles, and that what is gone is not used.

#include <cuda_runtime_api.h>
#include <cudnn.h>

#include "gtest/gtest.h"
#include "tests/cuda_sim/cudnn/test_descriptors.h"
#include "tests/cuda_sim/cudnn/test_plans.h"
#include "tests/cuda_sim/runtime/simulated_devices.h"
#include "tests/cuda_sim/runtime/test_objects.h"

namespace tamp {
namespace cuda_sim {
namespace {

TEST(HandleTest, NeedsADevice) {
  SimulatedSystem system;
  system.devices.clear();
  const ScopedSystem scoped(system);
  cudnnHandle_t handle;
  EXPECT_EQ(cudnnCreate(&handle), CUDNN_STATUS_NOT_INITIALIZED);
  EXPECT_EQ(cudaGetLastError(), cudaSuccess);
}

TEST(HandleTest, TakesStreamsOfItsDevice) {
  SimulatedSystem system;
  system.devices.resize(2);
  const ScopedSystem scoped(system);
  cudnnHandle_t handle;
  ASSERT_EQ(cudnnCreate(&handle), CUDNN_STATUS_SUCCESS);
  {
    TestStream own;
    EXPECT_EQ(cudnnSetStream(handle, own), CUDNN_STATUS_SUCCESS);
    EXPECT_EQ(cudaSetDevice(1), cudaSuccess);
    TestStream other;
    EXPECT_EQ(cudnnSetStream(handle, other),
              CUDNN_STATUS_BAD_PARAM_STREAM_MISMATCH);
  }
  EXPECT_EQ(cudaSetDevice(0), cudaSuccess);
  EXPECT_EQ(cudnnDestroy(handle), CUDNN_STATUS_SUCCESS);
}

// Its engines are those of its device.
TEST(HandleTest, IsTheDeviceOfPlans) {
  for (int major : {7, 8}) {
    SimulatedSystem system;
    system.devices[0].major = major;
    system.devices[0].minor = 0;
    const ScopedSystem scoped(system);
    cudnnHandle_t handle;
    ASSERT_EQ(cudnnCreate(&handle), CUDNN_STATUS_SUCCESS);
    TestDescriptor operation = UnfinalizedOperation(AllDirections()[0], {});
    operation.Finalize();
    TestDescriptor graph = UnfinalizedGraph(operation);
    graph.Set<cudnnHandle_t>(CUDNN_ATTR_OPERATIONGRAPH_HANDLE,
                             CUDNN_TYPE_HANDLE, {handle});
    graph.Finalize();
    TestDescriptor heuristics = UnfinalizedHeuristics(graph, CUDNN_HEUR_MODE_A);
    EXPECT_EQ(heuristics.Finalize(), CUDNN_STATUS_SUCCESS);
    const auto proposals = ProposalsOf(heuristics);
    EXPECT_EQ(EngineOf(proposals.configurations.at(0))
                  .Has(CUDNN_NUMERICAL_NOTE_TENSOR_CORE),
              major >= 8);
    EXPECT_EQ(cudnnDestroy(handle), CUDNN_STATUS_SUCCESS);
  }
}

TEST(HandleTest, HeuristicsNeedADevice) {
  TestDescriptor heuristics =
      UnfinalizedHeuristics(Graph(AllDirections()[0], {}), CUDNN_HEUR_MODE_A);
  EXPECT_EQ(heuristics.Finalize(), CUDNN_STATUS_NOT_INITIALIZED);
}

TEST(HandleDeathTest, IsNotUsedOnceDestroyed) {
  cudnnHandle_t handle;
  ASSERT_EQ(cudnnCreate(&handle), CUDNN_STATUS_SUCCESS);
  EXPECT_EQ(cudnnDestroy(handle), CUDNN_STATUS_SUCCESS);
  EXPECT_DEATH(cudnnSetStream(handle, nullptr), "destroyed or never created");
  EXPECT_DEATH(cudnnDestroy(handle), "destroyed or never created");
}

TEST(DescriptorDeathTest, IsNotUsedOnceDestroyed) {
  cudnnBackendDescriptor_t descriptor;
  ASSERT_EQ(cudnnBackendCreateDescriptor(CUDNN_BACKEND_TENSOR_DESCRIPTOR,
                                         &descriptor),
            CUDNN_STATUS_SUCCESS);
  EXPECT_EQ(cudnnBackendDestroyDescriptor(descriptor), CUDNN_STATUS_SUCCESS);
  EXPECT_DEATH(cudnnBackendFinalize(descriptor), "destroyed or never created");
  EXPECT_DEATH(cudnnBackendDestroyDescriptor(descriptor),
               "destroyed or never created");
}

// NVIDIA's library takes it for one of the type that it wants.
TEST(DescriptorTest, IsOfTheTypeThatIsWanted) {
  TestDescriptor convolution = Convolution({});
  TestDescriptor graph(CUDNN_BACKEND_OPERATIONGRAPH_DESCRIPTOR);
  EXPECT_EQ(graph.Set(CUDNN_ATTR_OPERATIONGRAPH_OPS, convolution),
            CUDNN_STATUS_BAD_PARAM_DESCRIPTOR_TYPE);
}

}  // namespace
}  // namespace cuda_sim
}  // namespace tamp
