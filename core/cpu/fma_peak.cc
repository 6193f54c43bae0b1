// The loop is compiled once for each instruction set (foreach_target.h includes
// this file again and again) and the widest that the machine has is run.

#include "core/cpu/fma_peak.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/cpu/fma_peak.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace tamp {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// Two units with a latency of 4 or 5 cycles keep 10 multiply-adds in flight;
// with the two constants, 12 chains still fit 16 registers.
constexpr int kChains = 12;

// Runs all chains for so many rounds. Returns the operations done; *sink takes
// a number that depends on all of them, so that none can be left out.
double RunChains(int64_t rounds, float* sink) {
  const hn::ScalableTag<float> d;
  const auto factor = hn::Set(d, 0.999f);
  const auto term = hn::Set(d, 0.001f);
  hn::Vec<decltype(d)> chains[kChains];
#pragma GCC unroll 12
  for (int i = 0; i < kChains; ++i) chains[i] = hn::Iota(d, float(i));
  for (int64_t round = 0; round < rounds; ++round) {
#pragma GCC unroll 12
    for (int i = 0; i < kChains; ++i) {
      chains[i] = hn::MulAdd(chains[i], factor, term);
    }
  }
  auto sum = chains[0];
  for (int i = 1; i < kChains; ++i) sum = hn::Add(sum, chains[i]);
  *sink = hn::GetLane(hn::SumOfLanes(d, sum));
  return 2.0 * kChains * double(hn::Lanes(d)) * double(rounds);
}

const char* TargetName() { return hwy::TargetName(HWY_TARGET); }

}  // namespace HWY_NAMESPACE
}  // namespace tamp
HWY_AFTER_NAMESPACE();

#if HWY_ONCE

namespace tamp {
namespace {

HWY_EXPORT(RunChains);
HWY_EXPORT(TargetName);

using Clock = std::chrono::steady_clock;

double SecondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

}  // namespace

FmaPeak MeasureFmaPeak(const CpuDevice& device, double seconds) {
  // Some milliseconds a burst, in enough tiles that no thread waits for long.
  constexpr int64_t kTilesPerThread = 16;
  constexpr int64_t kRounds = 20'000;
  const int64_t num_tiles = kTilesPerThread * device.num_threads();
  std::vector<double> operations(num_tiles);
  std::vector<float> sinks(num_tiles);

  FmaPeak peak;
  peak.instruction_set = HWY_DYNAMIC_DISPATCH(TargetName)();
  const Clock::time_point start = Clock::now();
  do {
    const Clock::time_point burst = Clock::now();
    device.ParallelFor(num_tiles, [&](int64_t tile) {
      operations[tile] = HWY_DYNAMIC_DISPATCH(RunChains)(kRounds, &sinks[tile]);
    });
    const double burst_seconds = SecondsSince(burst);
    double total = 0;
    for (const double count : operations) total += count;
    peak.gflops = std::max(peak.gflops, total / burst_seconds / 1e9);
  } while (SecondsSince(start) < seconds);
  return peak;
}

}  // namespace tamp

#endif  // HWY_ONCE
