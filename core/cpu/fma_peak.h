// The machine's own peak: how many floating point operations its threads can
// do at best, measured with fused multiply-adds of floats that never touch
// memory. Speeds of kernels are stated as a share of it.

#ifndef TAMP_CORE_CPU_FMA_PEAK_H_
#define TAMP_CORE_CPU_FMA_PEAK_H_

#include <string>

#include "core/cpu/cpu_device.h"

namespace tamp {

struct FmaPeak {
  // 10^9 operations a second, all threads together; a multiply-add counts as
  // two operations.
  double gflops = 0;
  // The widest instruction set of this machine: "AVX3" is AVX-512.
  std::string instruction_set;
};

// Takes about `seconds`. The best of many short bursts, since what disturbs a
// burst (other programs, a clock that has not risen yet) only makes it slower.
// REQUIRES: seconds > 0.
FmaPeak MeasureFmaPeak(const CpuDevice& device, double seconds = 0.3);

}  // namespace tamp

#endif  // TAMP_CORE_CPU_FMA_PEAK_H_
