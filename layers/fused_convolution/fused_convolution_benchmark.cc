// Speed of the convolutions of our networks' dense layers and transitions:
//
//   bazel run //layers/fused_convolution:fused_convolution_benchmark
//
// on one thread. Each line also shows GFLOP/s (multiply-adds of the convolution
// as two operations; nothing else counts) and their share of the float32 peak
// that is measured right after; in bfloat16, whose peak is twice that, it may
// pass 100 %.

#include <algorithm>
#include <cstdint>
#include <ctime>
#include <memory>
#include <string>
#include <vector>

#include "benchmark/benchmark.h"
#include "core/cpu/cpu_device.h"
#include "core/cpu/fma_peak.h"
#include "core/device/buffer.h"
#include "core/device/host_memory.h"
#include "core/rng.h"
#include "kernels/dropout_mask.h"
#include "kernels/fused_norm.h"
#include "kernels/grad_mode.h"
#include "kernels/product_precision.h"
#include "layers/fused_convolution/fused_convolution_cpu.h"
#include "layers/fused_convolution/fused_convolution_kernel.h"

namespace tamp {
namespace {

enum class Layout {
  kImageMajor,   // NCHW
  kChannelMajor  // CNHW
};

// Channel strides are no multiple of 4096 bytes: channels that are would meet
// in the same sets of the first-level cache.
constexpr int64_t kStrideGap = 32;

// As a net's memory is: on large pages.
Buffer Allocate(int64_t floats) {
  return AllocateHostMemory(floats * int64_t{sizeof(float)}).value();
}

struct Maps {
  Maps(int64_t num, int64_t channels, int64_t size, Layout layout,
       uint64_t seed) {
    int64_t count = 0;
    if (layout == Layout::kImageMajor) {
      strided.channel_stride = size + kStrideGap;
      strided.image_stride = channels * strided.channel_stride;
      count = num * strided.image_stride;
    } else {
      strided.image_stride = size;
      strided.channel_stride = num * size + kStrideGap;
      count = channels * strided.channel_stride;
    }
    memory = Allocate(count);
    strided.data = memory.floats();
    RandomStream random(seed);
    for (int64_t i = 0; i < count; ++i) {
      strided.data[i] = random.Uniform() - 0.5f;
    }
  }

  Buffer memory;
  Strided<float> strided;
};

std::vector<float> RandomVector(int64_t count, uint64_t seed) {
  RandomStream random(seed);
  std::vector<float> values(count);
  for (float& value : values) value = random.Uniform() - 0.3f;
  return values;
}

struct Shape {
  int64_t num, channels, size, num_output, kernel;
  bool pools;
  Layout layout;
  ProductPrecision precision = ProductPrecision::kFloat32;

  FusedConvolutionOptions options() const {
    FusedConvolutionOptions o;
    o.num = num;
    o.channels = channels;
    o.height = o.width = size;
    o.num_output = num_output;
    o.kernel = kernel;
    o.pools = pools;
    o.has_statistics = true;
    o.gathers = channels == 3;  // images
    o.normalizes = !o.gathers;
    o.stride = kernel > 3 ? 2 : 1;  // when it gathers
    o.pad = kernel / 2;
    o.drops = kernel == 3 && num_output == 12;
    o.precision = precision;
    return o;
  }
};

// All arguments of a layer.
class Problem {
 public:
  explicit Problem(const Shape& shape)
      : o_(shape.options()),
        kernel_(MakeFusedConvolutionCpu(o_, device_).value()),
        x_(o_.num, o_.channels, o_.height * o_.width, shape.layout, 1),
        dx_(o_.num, o_.channels, o_.height * o_.width, shape.layout, 2),
        y_(o_.num, o_.num_output, o_.output_size(), shape.layout, 3),
        g_(o_.num, o_.num_output, o_.output_size(), shape.layout, 4),
        of_channels_(RandomVector(o_.channels, 5)),
        running_(o_.channels),
        statistics_(2 * o_.channels, 1),
        statistics_grad_(2 * o_.channels),
        terms_(NumFusedNormTerms(o_.channels)),
        y_statistics_(2 * o_.num_output),
        y_statistics_grad_(RandomVector(2 * o_.num_output, 6)),
        w_(RandomVector(o_.num_output * o_.channels * o_.taps(), 7)),
        dw_(w_.size()),
        workspace_(
            AllocateHostMemory(std::max(kernel_->forward_workspace_bytes(),
                                        kernel_->backward_workspace_bytes()))
                .value()) {
    mask_.threshold = DropoutThreshold(0.2f);
  }

  void Forward() {
    FusedConvolutionForwardArgs<float> args;
    args.x = x_.strided;
    if (o_.normalizes) {
      args.norm.statistics = statistics_.data();
      args.norm.gamma = args.norm.beta = of_channels_.data();
      args.norm.running_mean = args.norm.running_variance = running_.data();
      args.norm.terms = terms_.data();
    }
    args.w = w_.data();
    args.y = y_.strided;
    args.dropout = mask_;
    args.statistics = y_statistics_.data();
    args.workspace = workspace_.data();
    kernel_->Forward(args);
  }

  void Backward() {
    FusedConvolutionBackwardArgs<float> args;
    args.x = x_.strided;
    if (o_.normalizes) {
      args.norm.gamma = of_channels_.data();
      args.norm.terms = terms_.data();
      args.norm.statistics_grad = statistics_grad_.data();
      args.norm.statistics_grad_mode = GradMode::kWrite;
    }
    args.w = w_.data();
    args.y = y_.strided;
    args.g = g_.strided;
    args.finishing = {y_statistics_.data(), y_statistics_grad_.data(), 1e-5f};
    args.dropout = mask_;
    args.dx = dx_.strided;
    args.dx_mode = o_.gathers ? GradMode::kSkip : GradMode::kAdd;
    args.dw = dw_.data();
    args.workspace = workspace_.data();
    kernel_->Backward(args);
  }

  double forward_operations() const {
    return 2.0 * double(o_.num) * double(o_.output_size()) * double(w_.size());
  }
  // The weight gradient, and that of the input where it is wanted.
  double backward_operations() const {
    return (o_.gathers ? 1 : 2) * forward_operations();
  }
  const CpuDevice& device() const { return device_; }

 private:
  CpuDevice device_{1};
  const FusedConvolutionOptions o_;
  const std::unique_ptr<FusedConvolutionKernel> kernel_;
  Maps x_, dx_, y_, g_;
  std::vector<float> of_channels_, running_, statistics_, statistics_grad_;
  std::vector<float> terms_, y_statistics_, y_statistics_grad_, w_, dw_;
  Buffer workspace_;
  DropoutMask mask_;
};

double ThreadSeconds() {
  timespec time;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return double(time.tv_sec) + 1e-9 * double(time.tv_nsec);
}

// Runs a direction. The best time counts, and only the time that this thread
// ran: the machine may be shared.
template <typename Run>
void Measure(benchmark::State& state, Problem* problem, double operations,
             Run run) {
  double best = 1e9;
  for (auto _ : state) {
    const double start = ThreadSeconds();
    run();
    const double seconds = ThreadSeconds() - start;
    best = std::min(best, seconds);
    state.SetIterationTime(seconds);
  }
  const double gflops = operations / best / 1e9;
  state.counters["GFLOP/s"] = gflops;
  state.counters["%peak"] =
      100 * gflops / MeasureFmaPeak(problem->device(), 0.1).gflops;
}

void ForwardBenchmark(benchmark::State& state, const Shape& shape) {
  Problem problem(shape);
  Measure(state, &problem, problem.forward_operations(),
          [&] { problem.Forward(); });
}

void BackwardBenchmark(benchmark::State& state, const Shape& shape) {
  Problem problem(shape);
  Measure(state, &problem, problem.backward_operations(),
          [&] { problem.Backward(); });
}

void RegisterPrecision(const std::string& net, const Shape& s) {
  const std::string shape =
      std::to_string(s.size) + "x" + std::to_string(s.size) + "_" +
      std::to_string(s.kernel) + "x" + std::to_string(s.kernel) + "_" +
      std::to_string(s.channels) + "_to_" + std::to_string(s.num_output) +
      (s.pools ? "_pools" : "") +
      (s.layout == Layout::kChannelMajor ? "_CNHW" : "_NCHW") +
      (s.precision == ProductPrecision::kBf16 ? "_bf16" : "");
  const auto add = [&](const char* direction, auto function) {
    benchmark::RegisterBenchmark(
        (net + "/" + shape + "/" + direction).c_str(),
        [s, function](benchmark::State& state) { function(state, s); })
        ->UseManualTime()
        ->Unit(benchmark::kMillisecond);
  };
  add("forward", ForwardBenchmark);
  add("backward", BackwardBenchmark);
}

void Register(const std::string& net, Shape shape) {
  RegisterPrecision(net, shape);
  shape.precision = ProductPrecision::kBf16;
  RegisterPrecision(net, shape);
}

void RegisterAll() {
  constexpr Layout kImages = Layout::kImageMajor;
  constexpr Layout kChannels = Layout::kChannelMajor;
  Register("densenet40", {64, 3, 32, 64, 3, false, kImages});
  for (const int64_t channels : {64, 136, 196}) {
    Register("densenet40", {64, channels, 32, 12, 3, false, kImages});
  }
  Register("densenet40", {64, 136, 32, 12, 3, false, kChannels});
  Register("densenet40", {64, 280, 16, 12, 3, false, kImages});
  Register("densenet40", {64, 424, 8, 12, 3, false, kImages});
  Register("densenet40", {64, 424, 8, 12, 3, false, kChannels});
  Register("densenet40", {64, 208, 32, 208, 1, true, kImages});
  Register("densenet40", {64, 352, 16, 352, 1, true, kImages});
  const struct {
    int64_t size, channels;
    Layout layout;
  } bc[] = {{56, 96, kImages},    {28, 160, kImages}, {14, 256, kImages},
            {14, 256, kChannels}, {7, 300, kImages},  {7, 300, kChannels}};
  for (const auto& [size, channels, layout] : bc) {
    Register("densenet_bc121", {32, channels, size, 48, 1, false, layout});
    Register("densenet_bc121", {32, 48, size, 12, 3, false, layout});
  }
  Register("densenet_bc121", {32, 3, 224, 64, 7, false, kImages});
  Register("densenet_bc121", {32, 136, 56, 68, 1, true, kImages});
  Register("densenet_bc121", {32, 212, 28, 106, 1, true, kImages});
  Register("densenet_bc121", {32, 394, 14, 197, 1, true, kChannels});
  Register("densenet121", {16, 512, 14, 128, 1, false, kChannels});
  Register("densenet121", {16, 128, 14, 32, 3, false, kChannels});
  Register("densenet121", {16, 128, 56, 32, 3, false, kImages});
  Register("densenet_bc250", {16, 96, 28, 24, 3, false, kImages});
}

}  // namespace
}  // namespace tamp

int main(int argc, char** argv) {
  tamp::RegisterAll();
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
