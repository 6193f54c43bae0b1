// What executions compute, when, and what they refuse.

#include <cuda_runtime_api.h>
#include <cudnn.h>

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "core/rng.h"
#include "gtest/gtest.h"
#include "tests/cuda_sim/cudnn/test_descriptors.h"
#include "tests/cuda_sim/cudnn/test_plans.h"
#include "tests/cuda_sim/math/convolution.h"
#include "tests/cuda_sim/math/elements.h"
#include "tests/cuda_sim/runtime/simulated_devices.h"
#include "tests/cuda_sim/runtime/test_objects.h"

namespace tamp {
namespace cuda_sim {
namespace {

constexpr auto kSuccess = CUDNN_STATUS_SUCCESS;

ElementType TypeOf(cudnnDataType_t type) {
  return type == CUDNN_DATA_HALF       ? ElementType::kHalf
         : type == CUDNN_DATA_BFLOAT16 ? ElementType::kBfloat16
                                       : ElementType::kFloat;
}

// A tensor on the device, and what was written to it last.
class TensorOnDevice {
 public:
  TensorOnDevice(const TestTensor& tensor, cudaStream_t stream)
      : type_(TypeOf(tensor.type)), stream_(stream) {
    const Numbers strides =
        tensor.strides.empty() ? PackedStrides(tensor.extents) : tensor.strides;
    for (int i = 0; i < 4; ++i) {
      layout_.extents[i] = tensor.extents[i];
      layout_.strides[i] = strides[i];
    }
    EXPECT_EQ(cudaMalloc(&data_, bytes()), cudaSuccess);
  }
  ~TensorOnDevice() {
    cudaDeviceSynchronize();
    cudaFree(data_);
  }

  void* data() const { return data_; }

  void Write(const std::vector<double>& values) {
    std::vector<char> host(bytes());
    WriteElements(type_, layout_, values, host.data());
    EXPECT_EQ(cudaMemcpyAsync(data_, host.data(), bytes(),
                              cudaMemcpyHostToDevice, stream_),
              cudaSuccess);
  }
  // Numbers that are not all exact in any type, and their values in this one.
  std::vector<double> WriteRandom(uint64_t seed) {
    RandomStream random(seed);
    std::vector<double> values(layout_.num_elements());
    for (double& value : values) value = random.Uniform(-1, 1);
    Write(values);
    return Read();
  }
  std::vector<double> Read(Operands operands = Operands::kAsTheyAre) const {
    std::vector<char> host(bytes());
    EXPECT_EQ(cudaMemcpyAsync(host.data(), data_, bytes(),
                              cudaMemcpyDeviceToHost, stream_),
              cudaSuccess);
    EXPECT_EQ(cudaStreamSynchronize(stream_), cudaSuccess);
    return ReadElements(type_, layout_, host.data(), operands);
  }
  // As stored in this type.
  std::vector<double> Rounded(const std::vector<double>& values) const {
    std::vector<char> host(bytes());
    WriteElements(type_, layout_, values, host.data());
    return ReadElements(type_, layout_, host.data(), Operands::kAsTheyAre);
  }

 private:
  size_t bytes() const { return layout_.span() * SizeOf(type_); }

  ElementType type_;
  Layout layout_;
  cudaStream_t stream_;
  void* data_ = nullptr;
};

class TestHandle {
 public:
  explicit TestHandle(cudaStream_t stream) {
    EXPECT_EQ(cudnnCreate(&handle_), kSuccess);
    EXPECT_EQ(cudnnSetStream(handle_, stream), kSuccess);
  }
  ~TestHandle() { EXPECT_EQ(cudnnDestroy(handle_), kSuccess); }
  operator cudnnHandle_t() const { return handle_; }

 private:
  cudnnHandle_t handle_ = nullptr;
};

TestDescriptor Pack(const Numbers& ids, const std::vector<void*>& pointers,
                    void* workspace) {
  TestDescriptor pack(CUDNN_BACKEND_VARIANT_PACK_DESCRIPTOR);
  pack.Set(CUDNN_ATTR_VARIANT_PACK_UNIQUE_IDS, ids);
  pack.Set(CUDNN_ATTR_VARIANT_PACK_DATA_POINTERS, CUDNN_TYPE_VOID_PTR,
           pointers);
  if (workspace != nullptr) {
    pack.Set<void*>(CUDNN_ATTR_VARIANT_PACK_WORKSPACE, CUDNN_TYPE_VOID_PTR,
                    {workspace});
  }
  EXPECT_EQ(pack.Finalize(), kSuccess);
  return pack;
}

// A graph on the handle's device.
TestDescriptor GraphOf(const TestDirection& direction,
                       const TestOperation& operation, cudnnHandle_t handle) {
  TestDescriptor descriptor = UnfinalizedOperation(direction, operation);
  EXPECT_EQ(descriptor.Finalize(), kSuccess);
  TestDescriptor graph = UnfinalizedGraph(descriptor);
  EXPECT_EQ(graph.Set<cudnnHandle_t>(CUDNN_ATTR_OPERATIONGRAPH_HANDLE,
                                     CUDNN_TYPE_HANDLE, {handle}),
            kSuccess);
  EXPECT_EQ(graph.Finalize(), kSuccess);
  return graph;
}

// All that is proposed for it, fast ones first.
std::vector<TestDescriptor> ConfigurationsOf(const TestDescriptor& graph) {
  std::vector<TestDescriptor> all;
  for (auto mode : {CUDNN_HEUR_MODE_A, CUDNN_HEUR_MODE_FALLBACK}) {
    TestDescriptor heuristics = UnfinalizedHeuristics(graph, mode);
    EXPECT_EQ(heuristics.Finalize(), kSuccess);
    for (auto& configuration : ProposalsOf(heuristics).configurations) {
      all.push_back(std::move(configuration));
    }
  }
  return all;
}

TestDescriptor PlanOf(const TestDescriptor& configuration,
                      cudnnHandle_t handle) {
  TestDescriptor plan = UnfinalizedPlan(configuration);
  EXPECT_EQ(plan.Set<cudnnHandle_t>(CUDNN_ATTR_EXECUTION_PLAN_HANDLE,
                                    CUDNN_TYPE_HANDLE, {handle}),
            kSuccess);
  EXPECT_EQ(plan.Finalize(), kSuccess);
  return plan;
}

// One operation with its tensors.
struct Problem {
  Problem(int direction, const TestOperation& operation, cudaStream_t stream,
          cudnnHandle_t handle)
      : direction(direction),
        operation(operation),
        x(operation.x, stream),
        w(operation.w, stream),
        y(operation.y, stream),
        handle(handle) {
    x.WriteRandom(1);
    w.WriteRandom(2);
    y.WriteRandom(3);
  }

  TensorOnDevice& output() {
    return direction == 0 ? y : direction == 1 ? x : w;
  }

  std::vector<TestDescriptor> Configurations() {
    return ConfigurationsOf(
        GraphOf(AllDirections()[direction], operation, handle));
  }

  // By the plan of the configuration, and waits.
  std::vector<double> Run(const TestDescriptor& configuration) {
    const TestDescriptor plan = PlanOf(configuration, handle);
    const int64_t bytes = WorkspaceOf(plan);
    void* workspace = nullptr;
    if (bytes > 0) {
      EXPECT_EQ(cudaMalloc(&workspace, bytes), cudaSuccess);
    }
    EXPECT_EQ(cudnnBackendExecute(handle, plan.get(), PackAll(workspace).get()),
              kSuccess);
    std::vector<double> result = output().Read();
    cudaFree(workspace);
    return result;
  }

  TestDescriptor PackAll(void* workspace) {
    return Pack({operation.y.id, operation.x.id, operation.w.id},
                {y.data(), x.data(), w.data()}, workspace);
  }

  // What is to come out, before it is rounded.
  std::vector<double> Product(Operands operands) {
    const auto& c = operation.convolution;
    const auto four = [](const Numbers& n) {
      return std::array<int64_t, 4>{n[0], n[1], n[2], n[3]};
    };
    const auto two = [](const Numbers& n) {
      return std::array<int64_t, 2>{n[0], n[1]};
    };
    const ConvolutionSizes sizes = {four(operation.x.extents),
                                    four(operation.w.extents),
                                    four(operation.y.extents),
                                    two(c.pad_before),
                                    two(c.stride),
                                    two(c.dilation),
                                    c.mode == CUDNN_CONVOLUTION};
    if (direction == 0) {
      return Convolve(sizes, x.Read(operands), w.Read(operands));
    }
    if (direction == 1) {
      return InputGradient(sizes, y.Read(operands), w.Read(operands));
    }
    return FilterGradient(sizes, x.Read(operands), y.Read(operands));
  }

  const int direction;
  const TestOperation operation;
  TensorOnDevice x, w, y;
  const cudnnHandle_t handle;
};

class ExecuteTest : public testing::TestWithParam<int> {
 protected:
  Problem MakeProblem(const TestOperation& operation) {
    return Problem(GetParam(), operation, stream_, handle_);
  }

  TestStream stream_;
  TestHandle handle_{stream_};
};

// Types, layouts, sizes.
std::vector<TestOperation> AllOperations() {
  const Numbers nhwc_x = {288, 1, 48, 8}, nhwc_w = {72, 1, 24, 8},
                nhwc_y = {144, 1, 24, 4};
  std::vector<TestOperation> all;
  for (auto type : {CUDNN_DATA_FLOAT, CUDNN_DATA_HALF, CUDNN_DATA_BFLOAT16}) {
    all.push_back({{1, {2, 8, 6, 6}, {}, type},
                   {2, {4, 8, 3, 3}, {}, type},
                   {3, {2, 4, 6, 6}, {}, type}});
    all.push_back({{1, {2, 8, 6, 6}, nhwc_x, type},
                   {2, {4, 8, 3, 3}, nhwc_w, type},
                   {3, {2, 4, 6, 6}, nhwc_y, type}});
  }
  // Slices of wider buffers, a stride and another padding, two groups.
  all.push_back({{1, {2, 8, 6, 6}, {500, 36, 6, 1}},
                 {2, {4, 4, 3, 3}},
                 {3, {2, 4, 3, 2}, {90, 6, 2, 1}},
                 {{1, 0}, {0, 1}, {2, 2}, {1, 2}}});
  all.push_back({});
  all.back().convolution.mode = CUDNN_CONVOLUTION;
  return all;
}

TEST_P(ExecuteTest, ComputesByEveryEngine) {
  for (const TestOperation& operation : AllOperations()) {
    Problem problem = MakeProblem(operation);
    const auto configurations = problem.Configurations();
    EXPECT_GE(configurations.size(), 2u);
    for (const TestDescriptor& configuration : configurations) {
      const TestEngine engine = EngineOf(configuration);
      if (engine.Has(CUDNN_NUMERICAL_NOTE_NONDETERMINISTIC)) continue;
      const bool is_tf32 = operation.x.type == CUDNN_DATA_FLOAT &&
                           engine.Has(CUDNN_NUMERICAL_NOTE_TENSOR_CORE);
      const auto expected = problem.output().Rounded(
          problem.Product(is_tf32 ? Operands::kTf32 : Operands::kAsTheyAre));
      EXPECT_EQ(problem.Run(configuration), expected)
          << engine.index << ": the same sums, rounded once";
    }
  }
}

TEST_P(ExecuteTest, ScalesAndAdds) {
  TestOperation operation;
  operation.alpha = 0.5;
  operation.beta = -2;
  Problem problem = MakeProblem(operation);
  const std::vector<double> before = problem.output().Read();
  std::vector<double> expected = problem.Product(Operands::kAsTheyAre);
  for (size_t i = 0; i < expected.size(); ++i) {
    expected[i] = 0.5 * expected[i] - 2 * before[i];
  }
  const auto configurations = problem.Configurations();
  EXPECT_EQ(problem.Run(configurations.back()),
            problem.output().Rounded(expected));
}

TEST_P(ExecuteTest, DoesNotReadWhatItWritesOver) {
  Problem problem = MakeProblem({});
  const auto expected =
      problem.output().Rounded(problem.Product(Operands::kAsTheyAre));
  problem.output().Write(std::vector<double>(expected.size(), std::nan("")));
  EXPECT_EQ(problem.Run(problem.Configurations().back()), expected);
}

TEST_P(ExecuteTest, HasNoFixedOrderOfAtomicSums) {
  Problem problem = MakeProblem({});
  for (const TestDescriptor& configuration : problem.Configurations()) {
    if (!EngineOf(configuration).Has(CUDNN_NUMERICAL_NOTE_NONDETERMINISTIC)) {
      continue;
    }
    const auto first = problem.Run(configuration);
    const auto second = problem.Run(configuration);
    EXPECT_NE(first, second);
    ASSERT_EQ(first.size(), second.size());
    for (size_t i = 0; i < first.size(); ++i) {
      EXPECT_NEAR(first[i], second[i], 1e-6 * std::abs(first[i]));
    }
  }
}

TEST_P(ExecuteTest, RefusesPacksThatDoNotFit) {
  Problem problem = MakeProblem({});
  const auto configurations = problem.Configurations();
  const TestDescriptor plan = PlanOf(configurations.back(), handle_);
  const auto execute = [&](const TestDescriptor& plan,
                           const TestDescriptor& pack) {
    return cudnnBackendExecute(handle_, plan.get(), pack.get());
  };
  void* const x = problem.x.data();
  void* const w = problem.w.data();
  void* const y = problem.y.data();
  EXPECT_EQ(execute(plan, Pack({1, 2, 4}, {x, w, y}, nullptr)),
            CUDNN_STATUS_BAD_PARAM);
  EXPECT_EQ(execute(plan, Pack({1, 2, 3}, {x, w, nullptr}, nullptr)),
            CUDNN_STATUS_BAD_PARAM);
  EXPECT_EQ(execute(plan, Pack({1, 2, 3}, {x, w, static_cast<char*>(y) + 4},
                               nullptr)),
            CUDNN_STATUS_BAD_PARAM_MISALIGNED_POINTER);
  EXPECT_EQ(
      execute(plan, TestDescriptor(CUDNN_BACKEND_VARIANT_PACK_DESCRIPTOR)),
      CUDNN_STATUS_BAD_PARAM_NOT_FINALIZED);
  EXPECT_EQ(execute(problem.PackAll(nullptr), plan), CUDNN_STATUS_BAD_PARAM);
  const TestDescriptor hungry = PlanOf(configurations.front(), handle_);
  ASSERT_GT(WorkspaceOf(hungry), 0);
  EXPECT_EQ(execute(hungry, problem.PackAll(nullptr)),
            CUDNN_STATUS_BAD_PARAM_NULL_POINTER);
}

TEST_P(ExecuteTest, RefusesPlansForAnotherDevice) {
  Problem problem = MakeProblem({});
  TestDescriptor plan = UnfinalizedPlan(problem.Configurations().back());
  plan.Set(CUDNN_ATTR_EXECUTION_PLAN_DEVICEPROP, Device(800));
  EXPECT_EQ(plan.Finalize(), kSuccess);
  EXPECT_EQ(
      cudnnBackendExecute(handle_, plan.get(), problem.PackAll(nullptr).get()),
      CUDNN_STATUS_NOT_SUPPORTED_ARCH_MISMATCH);
}

using ExecuteDeathTest = ExecuteTest;

TEST_P(ExecuteDeathTest, AbortsWhereMemoryEnds) {
  Problem problem = MakeProblem({});
  const TestDescriptor plan = PlanOf(problem.Configurations().front(), handle_);
  void* small;
  ASSERT_EQ(cudaMalloc(&small, WorkspaceOf(plan) - 1), cudaSuccess);
  const TestDescriptor pack = problem.PackAll(small);
  EXPECT_DEATH(cudnnBackendExecute(handle_, plan.get(), pack.get()),
               "cudnnBackendExecute");
  cudaFree(small);
}

// It works on the handle's stream: others wait for an event, or read too early,
// or write what it still reads.
TEST_P(ExecuteDeathTest, AbortsWhereStreamsHaveNoOrder) {
  Problem problem = MakeProblem({});
  const TestDescriptor plan = PlanOf(problem.Configurations().back(), handle_);
  const TestDescriptor pack = problem.PackAll(nullptr);
  const TestStream other;
  ASSERT_EQ(cudaStreamSynchronize(stream_), cudaSuccess);
  const auto execute_there = [&] {
    EXPECT_EQ(cudnnSetStream(handle_, other), kSuccess);
    EXPECT_EQ(cudnnBackendExecute(handle_, plan.get(), pack.get()), kSuccess);
  };
  for (TensorOnDevice* tensor : {&problem.x, &problem.w, &problem.y}) {
    EXPECT_DEATH(
        {
          execute_there();
          tensor->WriteRandom(4);
        },
        "cudnnBackendExecute");
  }
  EXPECT_DEATH(
      {
        execute_there();
        problem.output().Read();
      },
      "cudnnBackendExecute");
}

TEST(BrokenDeviceTest, TakesNoMoreWork) {
  const ScopedSystem system({});
  TestStream stream;
  TestHandle handle(stream);
  Problem problem(0, {}, stream, handle);
  const TestDescriptor plan = PlanOf(problem.Configurations().back(), handle);
  const TestDescriptor pack = problem.PackAll(nullptr);
  BreakNextWork(0, cudaErrorLaunchFailure);
  EXPECT_EQ(cudnnBackendExecute(handle, plan.get(), pack.get()), kSuccess);
  EXPECT_EQ(cudaStreamSynchronize(stream), cudaErrorLaunchFailure);
  EXPECT_EQ(cudnnBackendExecute(handle, plan.get(), pack.get()),
            CUDNN_STATUS_EXECUTION_FAILED_CUDART);
}

INSTANTIATE_TEST_SUITE_P(Directions, ExecuteTest, testing::Range(0, 3));
INSTANTIATE_TEST_SUITE_P(Directions, ExecuteDeathTest, testing::Range(0, 3));

}  // namespace
}  // namespace cuda_sim
}  // namespace tamp
