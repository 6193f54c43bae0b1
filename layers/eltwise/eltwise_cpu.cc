// Rows are worked on in pieces that stay in the first cache, with one pass a
// tensor: any number of inputs, and loops that the compiler makes vectors of.

#include "layers/eltwise/eltwise_cpu.h"

#include <algorithm>
#include <cstring>

#include "core/cpu/cpu_device.h"
#include "kernels/cpu/for_each_row.h"

namespace tamp {
namespace {

using Operation = EltwiseOptions::Operation;

constexpr int64_t kPiece = 1024;

class EltwiseCpu : public EltwiseKernel {
 public:
  EltwiseCpu(const EltwiseOptions& options, const CpuDevice& device)
      : options_(options), device_(device) {}

  void Forward(const EltwiseForwardArgs<float>& args) override {
    ForEachPiece([&](int64_t n, int64_t c, int64_t begin, int64_t count) {
      float y[kPiece];
      std::fill(y, y + count,
                options_.operation == Operation::kProduct ? 1 : 0);
      for (int i = 0; i < options_.num_inputs(); ++i) {
        Combine(i, args.x[i].at(n, c) + begin, count, y);
      }
      std::memcpy(args.y.at(n, c) + begin, y, count * sizeof(float));
    });
  }

  void Backward(const EltwiseBackwardArgs<float>& args) override {
    if (args.dx_mode == GradMode::kSkip) return;
    const bool add = args.dx_mode == GradMode::kAdd;
    ForEachPiece([&](int64_t n, int64_t c, int64_t begin, int64_t count) {
      float slope[kPiece];
      Slopes(args, n, c, begin, count, slope);
      const float* dy = args.dy.at(n, c) + begin;
      float* dx = args.dx.at(n, c) + begin;
      for (int64_t s = 0; s < count; ++s) {
        dx[s] = add ? dx[s] + slope[s] * dy[s] : slope[s] * dy[s];
      }
    });
  }

 private:
  template <typename Function>
  void ForEachPiece(const Function& function) const {
    ForEachRow(device_, options_.extents, [&](int64_t n, int64_t c) {
      for (int64_t s = 0; s < options_.extents.spatial; s += kPiece) {
        function(n, c, s, std::min(kPiece, options_.extents.spatial - s));
      }
    });
  }

  // y of the inputs before `input` becomes that of it too.
  void Combine(int input, const float* x, int64_t count, float* y) const {
    const float coefficient = options_.coefficients[input];
    switch (options_.operation) {
      case Operation::kSum:
        for (int64_t s = 0; s < count; ++s) y[s] += coefficient * x[s];
        break;
      case Operation::kProduct:
        for (int64_t s = 0; s < count; ++s) y[s] *= x[s];
        break;
      case Operation::kMax:
        for (int64_t s = 0; s < count; ++s) {
          y[s] = input == 0 || x[s] > y[s] ? x[s] : y[s];
        }
        break;
    }
  }

  // dy / dx_input of the elements begin..begin+count-1 of a row.
  void Slopes(const EltwiseBackwardArgs<float>& args, int64_t n, int64_t c,
              int64_t begin, int64_t count, float* slope) const {
    const bool is_sum = options_.operation == Operation::kSum;
    std::fill(slope, slope + count,
              is_sum ? options_.coefficients[args.input] : 1);
    if (is_sum) return;
    const float* own = args.x[args.input].at(n, c) + begin;
    for (int j = 0; j < options_.num_inputs(); ++j) {
      if (j == args.input) continue;
      const float* x = args.x[j].at(n, c) + begin;
      if (options_.operation == Operation::kProduct) {
        for (int64_t s = 0; s < count; ++s) slope[s] *= x[s];
      } else if (j < args.input) {  // an equal one before it wins
        for (int64_t s = 0; s < count; ++s) slope[s] *= own[s] > x[s];
      } else {
        for (int64_t s = 0; s < count; ++s) slope[s] *= own[s] >= x[s];
      }
    }
  }

  const EltwiseOptions options_;
  const CpuDevice& device_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<EltwiseKernel>> MakeEltwiseCpu(
    const EltwiseOptions& options, Device& device) {
  return std::make_unique<EltwiseCpu>(options, AsCpu(device));
}

}  // namespace tamp
