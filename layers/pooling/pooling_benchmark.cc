// Speed of the poolings of our networks, and of a window that overlaps:
//
//   bazel run //layers/pooling:pooling_benchmark
//
// on one thread. Each line shows bytes read and written a second, and as
// "%copy" their share of what a plain copy of as many bytes reaches, which is
// measured right after.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "benchmark/benchmark.h"
#include "core/cpu/cpu_device.h"
#include "kernels/extents.h"
#include "layers/pooling/pooling_cpu.h"
#include "layers/pooling/pooling_kernel.h"
#include "tests/util/copy_speed.h"

namespace tamp {
namespace {

constexpr int64_t kFloat = sizeof(float);

// All arguments of a layer.
class Problem {
 public:
  explicit Problem(const PoolingOptions& o)
      : kernel_(MakePoolingCpu(o, device_).value()),
        in_{o.num, o.channels, o.height.extent * o.width.extent},
        out_{o.num, o.channels, o.height.num_windows() * o.width.num_windows()},
        index_bytes_(o.method == PoolingOptions::Method::kMax
                         ? out_.count() * int64_t{sizeof(int32_t)}
                         : 0),
        x_(in_, 1),
        y_(out_, 2),
        argmax_(out_.count()) {
    Forward();
  }

  void Forward() {
    kernel_->Forward({x_.strided(), y_.strided(), argmax_.data()});
  }
  void Backward() {
    kernel_->Backward({y_.strided(), argmax_.data(), x_.strided()});
  }
  int64_t bytes() const {
    return kFloat * (in_.count() + out_.count()) + index_bytes_;
  }

 private:
  CpuDevice device_{1};
  const std::unique_ptr<PoolingKernel> kernel_;
  const Extents in_, out_;
  const int64_t index_bytes_;
  RandomMaps x_, y_;
  std::vector<int32_t> argmax_;
};

void Register(const std::string& name, const PoolingOptions& options) {
  const auto add = [&](const char* direction, auto function) {
    benchmark::RegisterBenchmark((name + "/" + direction).c_str(),
                                 [=](benchmark::State& state) {
                                   Problem problem(options);
                                   MeasureBytes(state, problem.bytes(),
                                                [&] { (problem.*function)(); });
                                 })
        ->UseManualTime()
        ->Iterations(3)
        ->Unit(benchmark::kMillisecond);
  };
  add("forward", &Problem::Forward);
  add("backward", &Problem::Backward);
}

void RegisterAll() {
  constexpr auto kMax = PoolingOptions::Method::kMax;
  constexpr auto kAverage = PoolingOptions::Method::kAverage;
  const PoolingAxis stem = {112, 3, 1, 2, false};
  Register("stem/max_3x3_stride_2_112x112", {kMax, 32, 64, stem, stem});
  const PoolingAxis dense = {28, 3, 1, 1, false};
  Register("inception/max_3x3_stride_1_28x28", {kMax, 32, 192, dense, dense});
  Register("inception/average_3x3_stride_1_28x28",
           {kAverage, 32, 192, dense, dense});
  const PoolingAxis transition = {56, 2, 0, 2, true};
  Register("transition/average_2x2_stride_2_56x56",
           {kAverage, 32, 68, transition, transition});
  const PoolingAxis whole = {7, 7, 0, 1, true};
  Register("head/average_of_7x7", {kAverage, 32, 396, whole, whole});
}

}  // namespace
}  // namespace tamp

int main(int argc, char** argv) {
  tamp::RegisterAll();
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
