// What tools say that a training step launches is what a GPU is given: kind by
// kind, in order, and of products the bytes, too. The GPU is simulated and
// broken, so that it runs nothing of what is queued: whole networks take
// seconds.

#include "tools/device_check/step_launches.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/cuda/cuda_device.h"
#include "core/shape.h"
#include "gtest/gtest.h"
#include "kernels/grad_mode.h"
#include "net/backend.h"
#include "net/graph/parameter_store.h"
#include "net/net.h"
#include "net/node_observer.h"
#include "net/planned_net.h"
#include "proto/net.pb.h"
#include "proto/text_format.h"
#include "solvers/backend_cuda.h"
#include "solvers/sgd/sgd.h"
#include "solvers/state/statistics_copy.h"
#include "tests/cuda_sim/runtime/simulated_devices.h"
#include "tests/cuda_sim/runtime/work_log.h"
#include "tests/util/made_up_batches.h"
#include "tests/util/status_matchers.h"
#include "tests/util/test_backend.h"
#include "tools/device_check/net_convolutions.h"

namespace tamp {
namespace {

struct Case {
  const char* net;
  Shape sample;
  DevicePrecision precision;
};

const char* KindOf(const Launch& launch) {
  switch (launch.kind) {
    case Launch::Kind::kKernel:
      return "kernel";
    case Launch::Kind::kProduct:
      return "product";
    case Launch::Kind::kCopy:
      return "copy";
  }
  return "";
}

const char* KindOf(const cuda_sim::QueuedWork& work) {
  if (absl::StartsWith(work.name, "kernel")) return "kernel";
  const bool is_copy = absl::StartsWith(work.name, "cudaMem");
  return is_copy ? "copy" : "product";
}

// Of the factors and the product; a workspace comes behind it.
int64_t ProductBytes(const cuda_sim::QueuedWork& work) {
  int64_t bytes = work.writes[0].bytes;
  for (const cuda_sim::MemoryRange& range : work.reads) bytes += range.bytes;
  return bytes;
}

// Breaks the GPU when the batch is on its way, for which the host waits.
class GpuBreaker : public NodeObserver {
 public:
  void AfterForward(int node) override {
    if (node == 0) cuda_sim::BreakNextWork(0, cudaErrorIllegalAddress);
  }
  void AfterBackward(int /*node*/) override {}
};

class StepLaunchesTest : public testing::TestWithParam<Case> {
 protected:
  void SetUp() override {
    ASSERT_OK_AND_ASSIGN(parameter_, ReadNetFile(absl::StrCat(
                                         "net/", GetParam().net, ".prototxt")));
    if (GetParam().precision == DevicePrecision::kTf32) {
      parameter_.set_math(NetParameter::TF32);
    }
    if (GetParam().precision == DevicePrecision::kBf16) {
      parameter_.set_compute(NetParameter::BF16);
    }
  }

  NetOptions Options(const Backend& backend, BatchSource* source) {
    NetOptions options;
    options.backend = backend;
    options.batch_source = source;
    options.batch_size = 2;
    return options;
  }

  MadeUpSource Source() const {
    MadeUpOptions data;
    data.sample_shape = GetParam().sample;
    data.num_classes = 10;
    return MadeUpSource(data, TRAIN);
  }

  // As the tool counts: planned for CPUs.
  absl::StatusOr<std::vector<Launch>> Counted() {
    MadeUpSource source = Source();
    ParameterStore parameters;
    absl::StatusOr<PlannedNet> planned =
        PlanNet(parameter_, Options(TestBackend(), &source), &parameters);
    if (!planned.ok()) return planned.status();
    return StepLaunches(*planned, parameters, GetParam().precision);
  }

  // What a step queues on the stream of layers.
  void RunStep(std::vector<cuda_sim::QueuedWork>* works) {
    ASSERT_OK_AND_ASSIGN(const Backend backend, MakeCudaBackend(0));
    CudaDevice& device = AsCuda(*backend.device);
    MadeUpSource source = Source();
    ASSERT_OK_AND_ASSIGN(const auto net,
                         Net::Create(parameter_, Options(backend, &source)));
    ASSERT_OK_AND_ASSIGN(const auto sgd,
                         Sgd::Create({}, net->parameters(), backend));
    ASSERT_OK_AND_ASSIGN(StatisticsCopy statistics,
                         StatisticsCopy::Create(net->parameters(), &device));
    ASSERT_OK(device.Synchronize());
    GpuBreaker breaker;
    const cuda_sim::ScopedWorkLog log;
    statistics.Save();
    net->Forward({}, &breaker);
    net->Backward({}, GradMode::kWrite);
    sgd->Update(/*lr=*/0.1, /*num_batches=*/1);
    for (const cuda_sim::QueuedWork& work : log.works()) {
      if (work.stream == device.queue().stream()) works->push_back(work);
    }
  }

 private:
  const cuda_sim::ScopedSystem machine_{cuda_sim::SimulatedSystem()};
  NetParameter parameter_;
};

TEST_P(StepLaunchesTest, AreThoseOfTheStep) {
  ASSERT_OK_AND_ASSIGN(const std::vector<Launch> launches, Counted());
  std::vector<cuda_sim::QueuedWork> works;
  ASSERT_NO_FATAL_FAILURE(RunStep(&works));
  ASSERT_EQ(launches.size(), works.size());
  int64_t num_products = 0;
  for (size_t i = 0; i < works.size(); ++i) {
    const Launch& launch = launches[i];
    SCOPED_TRACE(absl::StrCat("number ", i, ", layer ", launch.layer, ", ",
                              launch.work));
    ASSERT_STREQ(KindOf(launch), KindOf(works[i])) << works[i].name;
    if (launch.kind != Launch::Kind::kProduct) continue;
    ++num_products;
    EXPECT_EQ(launch.bytes, ProductBytes(works[i]));
    EXPECT_GT(launch.multiply_adds, 0);
  }
  EXPECT_GT(num_products, 100);
}

INSTANTIATE_TEST_SUITE_P(
    Nets, StepLaunchesTest,
    testing::Values(
        Case{"densenet40", {3, 32, 32}, DevicePrecision::kFp32},
        Case{"densenet40", {3, 32, 32}, DevicePrecision::kBf16},
        Case{"densenet_bc121", {3, 224, 224}, DevicePrecision::kTf32},
        Case{"densenet_bc121", {3, 224, 224}, DevicePrecision::kBf16}),
    [](const testing::TestParamInfo<Case>& info) {
      return absl::StrCat(info.param.net, "_", ToString(info.param.precision));
    });

}  // namespace
}  // namespace tamp
