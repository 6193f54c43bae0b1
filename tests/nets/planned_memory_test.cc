#include "gtest/gtest.h"
#include "net/graph/parameter_store.h"
#include "net/planned_net.h"
#include "net/report/summary.h"
#include "net/text/batch_size.h"
#include "proto/text_format.h"
#include "solvers/backend_cuda.h"
#include "tests/util/status_matchers.h"
#include "tools/device_check/net_convolutions.h"
#include "tools/device_check/planned_passes.h"

namespace tamp {
namespace {

// The simulated GPU is of the H100's compute capability.
TEST(PlanMemoryTest, IsThatOfTheDevice) {
  ASSERT_OK_AND_ASSIGN(NetParameter net,
                       ReadNetFile("net/densenet_fashion.prototxt"));
  SetBatchSize(3, &net);
  NetOptions there;
  ASSERT_OK_AND_ASSIGN(there.backend, MakeCudaBackend(0));
  for (const Phase phase : {TRAIN, TEST}) {
    for (const DevicePrecision precision : kAllDevicePrecisions) {
      SCOPED_TRACE(ToString(precision));
      PlanningOptions options;
      options.device = "h100";
      options.workspace_budget = 1 << 30;
      options.phase = there.phase = phase;
      options.precision = precision;
      ASSERT_OK_AND_ASSIGN(const MemorySummary memory,
                           PlanMemory(net, options));
      NetParameter precise = net;
      if (precision == DevicePrecision::kTf32) {
        precise.set_math(NetParameter::TF32);
      } else if (precision == DevicePrecision::kBf16) {
        precise.set_compute(NetParameter::BF16);
      } else if (precision == DevicePrecision::kFp16) {
        precise.set_compute(NetParameter::FP16);
      }
      ParameterStore parameters;
      ASSERT_OK_AND_ASSIGN(const PlannedNet planned,
                           PlanNet(precise, there, &parameters));
      EXPECT_EQ(memory.arena, planned.layout.plan.total_bytes);
      EXPECT_EQ(memory.total(),
                Summarize(planned, phase, parameters).memory.total());
    }
  }
}

}  // namespace
}  // namespace tamp
