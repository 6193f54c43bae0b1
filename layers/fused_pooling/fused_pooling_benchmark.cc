// Speed of the poolings of our networks' stems and heads:
//
//   bazel run //layers/fused_pooling:fused_pooling_benchmark
//
// on two threads. Each line also shows GB/s: of what must be read and written,
// each element once.

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "benchmark/benchmark.h"
#include "core/cpu/cpu_device.h"
#include "core/device/buffer.h"
#include "core/device/host_memory.h"
#include "core/rng.h"
#include "kernels/fused_norm.h"
#include "kernels/grad_mode.h"
#include "layers/fused_pooling/fused_pooling_cpu.h"
#include "layers/fused_pooling/fused_pooling_kernel.h"

namespace tamp {
namespace {

constexpr int kThreads = 2;

// Maps of one array in NCHW order, on large pages as a net's memory is.
struct Maps {
  Maps(int64_t num, int64_t channels, int64_t size, uint64_t seed)
      : count(num * channels * size),
        memory(AllocateHostMemory(count * int64_t{sizeof(float)}).value()),
        strided{memory.floats(), channels * size, size} {
    RandomStream random(seed);
    for (int64_t i = 0; i < count; ++i) {
      strided.data[i] = random.Uniform() - 0.5f;
    }
  }

  const int64_t count;
  Buffer memory;
  Strided<float> strided;
};

// All arguments of a layer.
class Problem {
 public:
  explicit Problem(const FusedPoolingOptions& o)
      : has_statistics_(o.has_statistics),
        kernel_(MakeFusedPoolingCpu(o, device_).value()),
        x_(o.num, o.channels, o.input_size(), 1),
        dx_(o.num, o.channels, o.input_size(), 2),
        y_(o.num, o.channels, o.output_size(), 3),
        g_(o.num, o.channels, o.output_size(), 4),
        of_channels_(o.channels, 0.5f),
        statistics_(2 * o.channels, 0.5f),
        statistics_grad_(2 * o.channels, 0.5f),
        running_(o.channels),
        terms_(NumFusedNormTerms(o.channels)),
        results_(2 * o.channels),
        workspace_(
            AllocateHostMemory(
                std::max<int64_t>(64, kernel_->backward_workspace_bytes()))
                .value()) {}

  void Forward() {
    FusedPoolingForwardArgs<float> args;
    args.x = x_.strided;
    args.norm.statistics = statistics_.data();
    args.norm.gamma = args.norm.beta = of_channels_.data();
    args.norm.running_mean = args.norm.running_variance = running_.data();
    args.norm.terms = terms_.data();
    args.y = y_.strided;
    args.statistics = results_.data();
    args.workspace = workspace_.data();
    kernel_->Forward(args);
  }

  void Backward() {
    FusedPoolingBackwardArgs<float> args;
    args.x = x_.strided;
    args.norm.gamma = of_channels_.data();
    args.norm.terms = terms_.data();
    args.norm.statistics_grad = results_.data();
    args.norm.statistics_grad_mode = GradMode::kWrite;
    args.g = g_.strided;
    if (has_statistics_) {
      args.y = y_.strided;
      args.finishing = {statistics_.data(), statistics_grad_.data(), 1e-5f};
    }
    args.dx = dx_.strided;
    args.workspace = workspace_.data();
    kernel_->Backward(args);
  }

  double forward_bytes() const {
    return sizeof(float) * double(x_.count + y_.count);
  }
  double backward_bytes() const {
    return sizeof(float) *
           double(2 * x_.count + (has_statistics_ ? 2 : 1) * y_.count);
  }

 private:
  CpuDevice device_{kThreads};
  const bool has_statistics_;
  const std::unique_ptr<FusedPoolingKernel> kernel_;
  Maps x_, dx_, y_, g_;
  std::vector<float> of_channels_, statistics_, statistics_grad_, running_;
  std::vector<float> terms_, results_;
  Buffer workspace_;
};

void ForwardBenchmark(benchmark::State& state,
                      const FusedPoolingOptions& options) {
  Problem problem(options);
  for (auto _ : state) problem.Forward();
  state.counters["GB/s"] =
      benchmark::Counter(1e-9 * problem.forward_bytes(),
                         benchmark::Counter::kIsIterationInvariantRate);
}

void BackwardBenchmark(benchmark::State& state,
                       const FusedPoolingOptions& options) {
  Problem problem(options);
  for (auto _ : state) problem.Backward();
  state.counters["GB/s"] =
      benchmark::Counter(1e-9 * problem.backward_bytes(),
                         benchmark::Counter::kIsIterationInvariantRate);
}

void Register(const std::string& name, const FusedPoolingOptions& options) {
  const auto add = [&](const char* direction, auto function) {
    benchmark::RegisterBenchmark((name + "/" + direction).c_str(),
                                 [options, function](benchmark::State& state) {
                                   function(state, options);
                                 })
        ->UseRealTime()
        ->Unit(benchmark::kMillisecond);
  };
  add("forward", ForwardBenchmark);
  add("backward", BackwardBenchmark);
}

void RegisterAll() {
  constexpr auto kMax = FusedPoolingOptions::Method::kMax;
  constexpr auto kAverage = FusedPoolingOptions::Method::kAverage;
  const PoolingAxis stem = {112, 3, 1, 2, false};
  Register("stem/32x64x112x112", {kMax, 32, 64, stem, stem, true});
  const PoolingAxis overlapping = {56, 3, 1, 1};
  Register("max_3x3_stride_1/32x64x56x56",
           {kMax, 32, 64, overlapping, overlapping, true});
  const PoolingAxis halves = {112, 2, 0, 2};
  Register("max_2x2/32x64x112x112", {kMax, 32, 64, halves, halves, true});
  Register("head/64x456x8x8", {kAverage, 64, 456, {8, 8}, {8, 8}, false});
  Register("head/32x306x7x7", {kAverage, 32, 306, {7, 7}, {7, 7}, false});
}

}  // namespace
}  // namespace tamp

int main(int argc, char** argv) {
  tamp::RegisterAll();
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
