// Speed of ReLU on the maps of densenet_bc121's stem and of small dense layers:
//
//   bazel run //layers/relu:relu_benchmark
//
// on one thread. Each line shows bytes read and written a second, and as
// "%copy" their share of what a plain copy of as many bytes reaches, which is
// measured right after.

#include <cstdint>
#include <memory>
#include <string>

#include "benchmark/benchmark.h"
#include "core/cpu/cpu_device.h"
#include "kernels/elementwise_kernel.h"
#include "layers/relu/relu_cpu.h"
#include "layers/relu/relu_kernel.h"
#include "tests/util/copy_speed.h"

namespace tamp {
namespace {

constexpr int64_t kFloat = sizeof(float);

void ForwardBenchmark(benchmark::State& state, const Extents& extents) {
  CpuDevice device(1);
  const auto kernel = MakeReluCpu({extents, 0}, device).value();
  RandomMaps x(extents, 1), y(extents, 2);
  MeasureBytes(state, 2 * kFloat * extents.count(), [&] {
    kernel->Forward({x.strided(), y.strided()});
  });
}

void BackwardBenchmark(benchmark::State& state, const Extents& extents) {
  CpuDevice device(1);
  const auto kernel = MakeReluCpu({extents, 0}, device).value();
  RandomMaps y(extents, 1), dy(extents, 2), dx(extents, 3);
  MeasureBytes(state, 3 * kFloat * extents.count(), [&] {
    kernel->Backward({y.strided(), dy.strided(), dx.strided()});
  });
}

void Register(const std::string& name, const Extents& extents) {
  const auto add = [&](const char* direction, auto function) {
    benchmark::RegisterBenchmark(
        (name + "/" + direction).c_str(),
        [=](benchmark::State& state) { function(state, extents); })
        ->UseManualTime()
        ->Iterations(3)
        ->Unit(benchmark::kMillisecond);
  };
  add("forward", ForwardBenchmark);
  add("backward", BackwardBenchmark);
}

}  // namespace
}  // namespace tamp

int main(int argc, char** argv) {
  tamp::Register("stem/32x64x112x112", {32, 64, 112 * 112});
  tamp::Register("densenet40/64x208x32x32", {64, 208, 32 * 32});
  tamp::Register("cached/1x48x14x14", {1, 48, 14 * 14});
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
