// Of each broken kernel it must be said what is wrong, in this build: a report
// of the simulator or of a sanitizer, or a wrong result in one of the orders.
// Nothing else may be found either: what a build cannot see is in the table
// too, and the share that is found is held.

#include "tests/cuda_sim/broken/broken_kernels.cuh"

#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <limits>
#include <map>
#include <ostream>
#include <string>
#include <vector>

#include "core/check.h"
#include "gtest/gtest.h"
#include "tests/cuda_sim/device_memory.h"
#include "tests/cuda_sim/launch.h"
#include "tests/cuda_sim/options.h"

namespace tamp {
namespace {

#if defined(__SANITIZE_THREAD__)
constexpr bool kFindsRaces = true;
#else
constexpr bool kFindsRaces = false;
#endif

constexpr float kUnwritten = std::numeric_limits<float>::quiet_NaN();
constexpr float kZero = 0;
constexpr char kWrong[] = "wrong in ";
constexpr bool kRace = true;
constexpr char kNothing[] = "";

using Values = std::function<float(int)>;

struct BrokenKernel {
  std::string name;
  // Launches it; `zeros` is as long as `x`.
  std::function<void(const float* x, float* y, float* zeros, int* zero)> launch;
  int num_outputs;
  float before;     // what the outputs are before
  Values expected;  // what they should be; x[i] is i + 1
  std::string report;
  bool is_race = false;  // which ThreadSanitizer reports instead
};

// For a name in gtest's messages instead of bytes.
void PrintTo(const BrokenKernel& kernel, std::ostream* out) {
  *out << kernel.name;
}

float X(int i) { return i + 1; }
Values Sum(int n) {
  return [n](int) { return n * (n + 1) / 2; };
}

std::vector<BrokenKernel> BarrierMistakes() {
  const auto reversed = [](int i) { return X(63 - i); };
  return {
      {"MissingBarrier",
       [](auto x, auto y, auto, auto) {
         LaunchKernel(MissingBarrier, {1, 64}, x, y);
       },
       64, kUnwritten, reversed, kWrong, kRace},
      {"MissingSecondBarrier",
       [](auto x, auto y, auto, auto) {
         LaunchKernel(MissingSecondBarrier, {1, 64}, x, y);
       },
       64, kUnwritten, [](int i) { return 2 * X((i + 1) % 64) + 1; }, kWrong,
       kRace},
      {"DivergentBarrier",
       [](auto x, auto y, auto, auto) {
         LaunchKernel(DivergentBarrier, {1, 64}, x, y);
       },
       64, kUnwritten, reversed,
       "block (0,0,0) thread (0,0,0) and block (0,0,0) thread (32,0,0) meet in "
       "different barriers: __syncthreads "
       "(tests/cuda_sim/broken/broken_kernels.cuh:33) and __syncthreads "
       "(tests/cuda_sim/broken/broken_kernels.cuh:36)"},
      {"ReturnBeforeBarrier",
       [](auto x, auto y, auto, auto) {
         LaunchKernel(ReturnBeforeBarrier, {1, 64}, x, y, 49);
       },
       49, kUnwritten, [](int i) { return X(48 - i); },
       "block (0,0,0) thread (0,0,0) waits in __syncthreads "
       "(tests/cuda_sim/broken/broken_kernels.cuh:45), but block (0,0,0) "
       "thread (49,0,0) has ended"},
      {"BarrierInStrideLoop",
       [](auto x, auto y, auto, auto) {
         LaunchKernel(BarrierInStrideLoop, {1, 48}, x, y, 64);
       },
       64, kUnwritten, X, "but block (0,0,0) thread (16,0,0) has ended"},
      {"BarrierOfOneWarp",
       [](auto x, auto y, auto, auto) {
         LaunchKernel(BarrierOfOneWarp, {1, 64}, x, y);
       },
       64, kUnwritten, X, "but block (0,0,0) thread (32,0,0) has ended"},
  };
}

std::vector<BrokenKernel> WarpMistakes() {
  const auto with_neighbor = [](int i) { return X(i) + X(i ^ 1); };
  return {
      {"MaskOfLanesThatLeft",
       [](auto x, auto y, auto, auto) {
         LaunchKernel(MaskOfLanesThatLeft, {1, 32}, x, y);
       },
       20, kUnwritten, with_neighbor,
       "with mask 0xffffffff, but block (0,0,0) thread (20,0,0) has ended"},
      {"MaskWithoutCaller",
       [](auto x, auto y, auto, auto) {
         LaunchKernel(MaskWithoutCaller, {1, 32}, x, y);
       },
       32, kUnwritten, with_neighbor,
       "thread (16,0,0) is not in its mask 0x0000ffff of __shfl_xor_sync"},
      {"LaneOutsideOfMask",
       [](auto x, auto y, auto, auto) {
         LaunchKernel(LaneOutsideOfMask, {1, 32}, x, y);
       },
       16, kUnwritten, [](int) { return X(31); },
       "thread (0,0,0) reads lane 31, which takes no part in __shfl_sync"},
      {"LaneThatIsNotThere",
       [](auto x, auto y, auto, auto) {
         LaunchKernel(LaneThatIsNotThere, {1, 40}, x, y);
       },
       40, kUnwritten, X,
       "thread (32,0,0) reads lane 16, which takes no part in "
       "__shfl_down_sync"},
      {"ShufflesInBranches",
       [](auto x, auto y, auto, auto) {
         LaunchKernel(ShufflesInBranches, {1, 32}, x, y);
       },
       32, kUnwritten, [](int i) { return X(i ^ 1); },
       "thread (0,0,0) and block (0,0,0) thread (1,0,0) of mask 0xffffffff "
       "meet in different calls: __shfl_down_sync"},
      {"BallotInStrideLoop",
       [](auto x, auto y, auto, auto) {
         LaunchKernel(BallotInStrideLoop, {1, 32}, x, y, 49);
       },
       49, kUnwritten, X, "but block (0,0,0) thread (17,0,0) has ended"},
      {"MissingSyncWarp",
       [](auto x, auto y, auto, auto) {
         LaunchKernel(MissingSyncWarp, {1, 32}, x, y);
       },
       1, kUnwritten, Sum(32), kWrong, kRace},
  };
}

std::vector<BrokenKernel> AddressMistakes() {
  constexpr char kOutside[] = "thread (17,0,0): an address is outside";
  return {
      {"GuardOffByOne",
       [](auto x, auto y, auto, auto) {
         LaunchKernel(GuardOffByOne, {2, 32}, x, y, 49);
       },
       49, kUnwritten, X, kOutside},
      {"MissingGuard",
       [](auto x, auto y, auto, auto) {
         LaunchKernel(MissingGuard, {2, 32}, x, y, 49);
       },
       49, kUnwritten, X, kOutside},
      {"ReadBeyondEnd",
       [](auto x, auto y, auto, auto) {
         LaunchKernel(ReadBeyondEnd, {2, 32}, x, y, 64);
       },
       64, kUnwritten, X, "thread (31,0,0): an address is outside"},
      {"SharedOffByOne",
       [](auto x, auto y, auto, auto) {
         LaunchKernel(SharedOffByOne, {1, 64}, x, y);
       },
       64, kUnwritten, X, "thread (63,0,0): an index is outside of its array"},
      {"DynamicSharedTooSmall",
       [](auto x, auto y, auto, auto) {
         LaunchKernel(DynamicSharedTooSmall, {1, 64, 64 * sizeof(float)}, x, y);
       },
       64, kUnwritten, X,
#if defined(__SANITIZE_ADDRESS__)
       "AddressSanitizer: use-after-poison"
#else
       "byte 256 of dynamic shared memory was written"
#endif
      },
  };
}

std::vector<BrokenKernel> UnwrittenMemory() {
  return {
      {"SharedUnwritten",
       [](auto x, auto y, auto, auto) {
         LaunchKernel(SharedUnwritten, {1, 64}, x, y);
       },
       64, kUnwritten, [](int i) { return X(i + 1); },
       "wrong in forward order: y[63] is nan, not 65"},
      {"DynamicSharedUnwritten",
       [](auto x, auto y, auto, auto) {
         LaunchKernel(DynamicSharedUnwritten, {1, 64, 64 * sizeof(float)}, x,
                      y);
       },
       64, kUnwritten, [](int i) { return X(63 - i); },
       "wrong in forward order: y[63] is nan, not 1"},
      {"SharedAssumedZero",
       [](auto x, auto y, auto, auto) {
         LaunchKernel(SharedAssumedZero, {1, 64}, x, y);
       },
       64, kUnwritten, [](int) { return 64; },
       "wrong in forward order: y[0] is 63, not 64"},
      {"SharedOfAnotherBlock",
       [](auto x, auto y, auto, auto) {
         LaunchKernel(SharedOfAnotherBlock, {5, 8}, x, y);
       },
       40, kUnwritten, [](int) { return X(0); },
       "wrong in forward order: y[8] is nan, not 1"},
      {"LastBlockForgotten",
       [](auto x, auto y, auto, auto) {
         LaunchKernel(LastBlockForgotten, {4, 16}, x, y, 49);
       },
       49, kUnwritten, X, "wrong in forward order: y[48] is nan, not 49"},
  };
}

// Without ThreadSanitizer a thread is not interrupted between reading and
// writing: kNothing is seen.
std::vector<BrokenKernel> Races() {
  return {
      {"SumWithoutAtomics",
       [](auto x, auto y, auto, auto) {
         LaunchKernel(SumWithoutAtomics, {1, 64}, x, y);
       },
       1, kZero, Sum(64), kNothing, kRace},
      {"SumOfBlocksWithoutAtomics",
       [](auto x, auto y, auto, auto) {
         LaunchKernel(SumOfBlocksWithoutAtomics, {8, 4}, x, y);
       },
       1, kZero, Sum(8), kNothing, kRace},
      {"MissingFence",
       [](auto x, auto y, auto zeros, auto zero) {
         LaunchKernel(MissingFence, {8, 4}, x, y, zeros, zero);
       },
       1, kUnwritten, Sum(8), kNothing, kRace},
      {"SumOfBlocksAcrossBarrier",
       [](auto x, auto y, auto, auto) {
         LaunchKernel(SumOfBlocksAcrossBarrier, {8, 4}, x, y);
       },
       1, kZero, Sum(8), kWrong, kRace},
      {"ReadThenExchange",
       [](auto x, auto y, auto, auto) {
         LaunchKernel(ReadThenExchange, {1, 64}, x, y);
       },
       1, kZero, Sum(64), kWrong, kRace},
      {"BlockBeforeMustBeDone",
       [](auto x, auto y, auto, auto) {
         LaunchKernel(BlockBeforeMustBeDone, {8, 4}, x, y);
       },
       8, kUnwritten, [](int i) { return Sum(i + 1)(0); },
       "wrong in reverse order", kRace},
      {"AtomicSumOfFloats",
       [](auto x, auto y, auto, auto) {
         LaunchKernel(AtomicSumOfFloats, {1, 64}, x, y);
       },
       1, kZero,
       [](int) {
         float sum = 0;
         for (int i = 0; i < 64; ++i) sum += 0.1f * X(i);
         return sum;
       },
       kWrong},
      {"BarrierOfGrid",
       [](auto x, auto y, auto, auto zero) {
         LaunchKernel(BarrierOfGrid, {8, 4}, x, y, zero);
       },
       8, kUnwritten, X, "thread (0,0,0) waits for a value that does not come"},
      {"LockNeverReleased",
       [](auto x, auto y, auto, auto zero) {
         LaunchKernel(LockNeverReleased, {2, 4}, x, y, zero);
       },
       1, kZero, Sum(2), "thread (0,0,0) waits for a value that does not come"},
  };
}

std::vector<BrokenKernel> BrokenKernels() {
  std::vector<BrokenKernel> all;
  for (const auto& some : {BarrierMistakes(), WarpMistakes(), AddressMistakes(),
                           UnwrittenMemory(), Races()}) {
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

// Runs it in all orders and prints the first wrong output of each.
void RunAndCompare(const BrokenKernel& kernel) {
  std::vector<float> inputs(64);
  for (int i = 0; i < 64; ++i) inputs[i] = X(i);
  for (const cuda_sim::Options& options : cuda_sim::AllOrders()) {
    const cuda_sim::ScopedOptions scoped(options);
    cuda_sim::DeviceMemory<float> x(inputs), zeros(std::vector<float>(64, 0));
    cuda_sim::DeviceMemory<float> y(
        std::vector<float>(kernel.num_outputs, kernel.before));
    cuda_sim::DeviceMemory<int> zero(std::vector<int>(1, 0));
    kernel.launch(x.data(), y.data(), zeros.data(), zero.data());
    const std::vector<float> outputs = y.values();
    for (int i = 0; i < kernel.num_outputs; ++i) {
      if (outputs[i] == kernel.expected(i)) continue;
      // Without the sign that NaN has.
      const float is = std::isnan(outputs[i]) ? kUnwritten : outputs[i];
      std::fprintf(stderr, "%s%s: y[%d] is %.9g, not %.9g\n", kWrong,
                   cuda_sim::OrderName(options).c_str(), i, is,
                   kernel.expected(i));
      break;
    }
  }
}

// What is said of it, by a process of its own, since reports end it.
std::string RunInChild(const BrokenKernel& kernel) {
  int ends[2];
  CHECK(pipe(ends) == 0);
  const pid_t child = fork();
  CHECK(child >= 0);
  if (child == 0) {
    dup2(ends[1], STDERR_FILENO);
    RunAndCompare(kernel);
    _exit(0);
  }
  close(ends[1]);
  std::string report;
  char piece[4096];
  for (ssize_t n; (n = read(ends[0], piece, sizeof piece)) > 0;) {
    report.append(piece, n);
  }
  close(ends[0]);
  CHECK(waitpid(child, nullptr, 0) == child);
  return report;
}

// The same, run once.
const std::string& ReportOf(const BrokenKernel& kernel) {
  static auto* reports = new std::map<std::string, std::string>;
  const auto [place, is_new] = reports->try_emplace(kernel.name);
  if (is_new) place->second = RunInChild(kernel);
  return place->second;
}

// What must be said of it in this build.
std::vector<std::string> ExpectedReports(const BrokenKernel& kernel) {
  if (!kFindsRaces || !kernel.is_race) return {kernel.report};
  return {"WARNING: ThreadSanitizer: data race", "#", kernel.name + "("};
}

class BrokenKernelTest : public testing::TestWithParam<BrokenKernel> {};

TEST_P(BrokenKernelTest, IsReported) {
  const std::string& report = ReportOf(GetParam());
  for (const std::string& expected : ExpectedReports(GetParam())) {
    if (expected.empty()) {
      EXPECT_EQ(report, "");
    } else {
      EXPECT_NE(report.find(expected), std::string::npos)
          << "expected: " << expected << "\nsaid: " << report;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, BrokenKernelTest,
                         testing::ValuesIn(BrokenKernels()),
                         [](const auto& info) { return info.param.name; });

TEST(ShareTest, IsHeld) {
  int num_reported = 0, all = 0;
  for (const BrokenKernel& kernel : BrokenKernels()) {
    ++all;
    num_reported += !ReportOf(kernel).empty();
  }
  std::printf("%d of %d broken kernels are reported\n", num_reported, all);
  EXPECT_EQ(all, 32);
  EXPECT_EQ(num_reported, kFindsRaces ? 32 : 29);
}

}  // namespace
}  // namespace tamp
