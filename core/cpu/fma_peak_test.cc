#include "core/cpu/fma_peak.h"

#include "core/cpu/cpu_device.h"
#include "gtest/gtest.h"

namespace tamp {
namespace {

TEST(FmaPeakTest, MeasuresAPlausibleRate) {
  const CpuDevice device(1);
  const FmaPeak peak = MeasureFmaPeak(device, 0.05);
  // A scalar unit of a slow, busy machine; and more than any core does: 4
  // units of 16 lanes at 10 GHz. Dropped or uncounted work leaves this range.
  EXPECT_GT(peak.gflops, 0.1);
  EXPECT_LT(peak.gflops, 1280);
  EXPECT_FALSE(peak.instruction_set.empty());
}

TEST(FmaPeakTest, RunsOnSeveralThreads) {
  const CpuDevice device(3);
  EXPECT_GT(MeasureFmaPeak(device, 0.02).gflops, 0.1);
}

}  // namespace
}  // namespace tamp
