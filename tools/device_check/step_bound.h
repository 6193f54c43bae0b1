// The least time that a GPU can take for a training step, by the rates of its
// data sheet: what no program that makes the same launches can beat. No
// program reaches it, and none of ours has been measured against it.

#ifndef TAMP_TOOLS_DEVICE_CHECK_STEP_BOUND_H_
#define TAMP_TOOLS_DEVICE_CHECK_STEP_BOUND_H_

#include <string>
#include <vector>

#include "tools/device_check/net_convolutions.h"
#include "tools/device_check/step_launches.h"

namespace tamp {

// Rates of dense products, a multiply-add being two operations, summed in
// float32.
struct GpuCard {
  const char* name;
  double bytes_per_second;  // of its memory
  double fp32, tf32, half;  // operations a second; half: BF16 and FP16

  double OperationsPerSecond(DevicePrecision precision) const;
};

// H100 and A100: NVIDIA's data sheets "H100 Tensor Core GPU" (rates of tensor
// cores are given with sparsity there, twice the dense ones) and "A100 80GB
// Tensor Core GPU". RTX 4090: "NVIDIA Ada GPU Architecture" V2.01, appendix A.
constexpr GpuCard kCards[] = {
    {"H100 SXM", 3.35e12, 67e12, 494.5e12, 989.5e12},
    {"A100 SXM 80GB", 2.039e12, 19.5e12, 156e12, 312e12},
    {"RTX 4090", 1.008e12, 82.6e12, 82.6e12, 165.2e12},
};

struct StepBound {
  double memory_seconds = 0;
  double arithmetic_seconds = 0;
  // The longer of the two, launch by launch.
  double seconds = 0;
};

StepBound BoundOf(const std::vector<Launch>& launches, const GpuCard& card);

// What the launches move and multiply, by their work, and the bounds of
// kCards: without what a launch costs, and where each costs as much as assumed.
std::string BoundText(const std::vector<Launch>& launches,
                      double seconds_per_launch);

}  // namespace tamp

#endif  // TAMP_TOOLS_DEVICE_CHECK_STEP_BOUND_H_
