#include "layers/softmax/softmax_cpu.h"

#include <algorithm>
#include <cstdint>

#include "core/cpu/cpu_device.h"
#include "kernels/cpu/exponentials.h"
#include "kernels/cpu/for_each_row.h"

namespace tamp {
namespace {

class SoftmaxCpu : public SoftmaxKernel {
 public:
  SoftmaxCpu(const AxisLines& lines, const CpuDevice& device)
      : lines_(lines), device_(device) {}

  void Forward(const SoftmaxForwardArgs<float>& args) override {
    const int64_t x_stride = lines_.stride(args.x);
    const int64_t y_stride = lines_.stride(args.y);
    ForEachItem(device_, lines_.count(), [&](int64_t line) {
      ForwardLine(lines_.first(args.x, line), x_stride,
                  lines_.first(args.y, line), y_stride);
    });
  }

  void Backward(const SoftmaxBackwardArgs<float>& args) override {
    if (args.dx_mode == GradMode::kSkip) return;
    const int64_t y_stride = lines_.stride(args.y);
    const int64_t dy_stride = lines_.stride(args.dy);
    const int64_t dx_stride = lines_.stride(args.dx);
    ForEachItem(device_, lines_.count(), [&](int64_t line) {
      const float* y = lines_.first(args.y, line);
      const float* dy = lines_.first(args.dy, line);
      float* dx = lines_.first(args.dx, line);
      float mean = 0;
      for (int64_t k = 0; k < lines_.length; ++k) {
        mean += y[k * y_stride] * dy[k * dy_stride];
      }
      for (int64_t k = 0; k < lines_.length; ++k) {
        StoreGrad(args.dx_mode, y[k * y_stride] * (dy[k * dy_stride] - mean),
                  dx + k * dx_stride);
      }
    });
  }

 private:
  // Elements of a line that are gathered for vectors at a time.
  static constexpr int64_t kPiece = 256;

  void ForwardLine(const float* x, int64_t x_stride, float* y,
                   int64_t y_stride) const {
    float largest = x[0];
    for (int64_t k = 1; k < lines_.length; ++k) {
      largest = std::max(largest, x[k * x_stride]);
    }
    float sum = 0;
    for (int64_t first = 0; first < lines_.length; first += kPiece) {
      const int64_t count = std::min(kPiece, lines_.length - first);
      float powers[kPiece];
      for (int64_t k = 0; k < count; ++k) powers[k] = x[(first + k) * x_stride];
      ExponentialsBelow(largest, powers, count, powers);
      for (int64_t k = 0; k < count; ++k) {
        y[(first + k) * y_stride] = powers[k];
        sum += powers[k];
      }
    }
    const float inverse = 1 / sum;
    for (int64_t k = 0; k < lines_.length; ++k) y[k * y_stride] *= inverse;
  }

  const AxisLines lines_;
  const CpuDevice& device_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<SoftmaxKernel>> MakeSoftmaxCpu(
    const AxisLines& lines, Device& device) {
  return std::make_unique<SoftmaxCpu>(lines, AsCpu(device));
}

}  // namespace tamp
