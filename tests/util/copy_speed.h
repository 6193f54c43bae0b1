// For benchmarks of kernels that are bound by memory: their bytes a second,
// beside those of a plain copy.

#ifndef TAMP_TESTS_UTIL_COPY_SPEED_H_
#define TAMP_TESTS_UTIL_COPY_SPEED_H_

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <ctime>

#include "benchmark/benchmark.h"
#include "core/device/buffer.h"
#include "core/device/host_memory.h"
#include "core/rng.h"
#include "kernels/extents.h"
#include "kernels/strided.h"

namespace tamp {

// Adjoining maps of numbers from -0.5 to 0.5, on large pages as a net's are.
class RandomMaps {
 public:
  RandomMaps(const Extents& extents, uint64_t seed)
      : extents_(extents),
        memory_(AllocateHostMemory(extents.count() * int64_t{sizeof(float)})
                    .value()) {
    RandomStream random(seed);
    for (int64_t i = 0; i < extents.count(); ++i) {
      memory_.floats()[i] = random.Uniform() - 0.5f;
    }
  }

  Strided<float> strided() const {
    return {memory_.floats(), extents_.channels * extents_.spatial,
            extents_.spatial};
  }

 private:
  const Extents extents_;
  const Buffer memory_;
};

inline double ThreadSeconds() {
  timespec time;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return double(time.tv_sec) + 1e-9 * double(time.tv_nsec);
}

// Seconds of one call; the best of about 0.1 s of batches of calls, and only
// the time that this thread ran: the machine may be shared.
template <typename Run>
double BestSeconds(const Run& run) {
  double best = 1e9;
  int64_t calls = 1;
  for (double total = 0; total < 0.1;) {
    const double start = ThreadSeconds();
    for (int64_t i = 0; i < calls; ++i) run();
    const double seconds = ThreadSeconds() - start;
    total += seconds;
    best = std::min(best, seconds / double(calls));
    if (seconds < 1e-4) calls *= 2;  // the clock is too coarse for fewer
  }
  return best;
}

// Times a kernel that reads and writes so many bytes; give the benchmark a few
// iterations, each is a measurement.
template <typename Run>
void MeasureBytes(benchmark::State& state, int64_t bytes, const Run& run) {
  double best = 1e9;
  for (auto _ : state) {
    const double seconds = BestSeconds(run);
    best = std::min(best, seconds);
    state.SetIterationTime(seconds);
  }
  Buffer from = AllocateHostMemory(bytes / 2).value();
  Buffer to = AllocateHostMemory(bytes / 2).value();
  std::memset(from.data(), 1, bytes / 2);
  const double copy = BestSeconds([&] {
    std::memcpy(to.data(), from.data(), bytes / 2);
    benchmark::ClobberMemory();
  });
  state.counters["GB/s"] = double(bytes) / best / 1e9;
  state.counters["%copy"] = 100 * copy / best;
}

}  // namespace tamp

#endif  // TAMP_TESTS_UTIL_COPY_SPEED_H_
