#include "layers/convolution/convolution_cpu_bf16.h"

#include <cstdint>
#include <utility>

#include "kernels/bf16.h"
#include "kernels/grad_mode.h"
#include "kernels/strided.h"

namespace tamp {
namespace {

class ConvolutionCpuBf16 : public ConvolutionKernel {
 public:
  ConvolutionCpuBf16(const ConvolutionOptions& options, const CpuDevice& device,
                     std::unique_ptr<ConvolutionKernel> float32)
      : options_(options), device_(device), float32_(std::move(float32)) {}

  // Workspace: the copies, then that of the other kernel.
  int64_t forward_workspace_bytes() const override {
    return (WeightElements() + XElements()) * kFloatBytes +
           float32_->forward_workspace_bytes();
  }
  int64_t backward_workspace_bytes() const override {
    return (WeightElements() + XElements() + DyElements()) * kFloatBytes +
           float32_->backward_workspace_bytes();
  }

  void Forward(const ConvolutionForwardArgs<float>& args) override {
    ConvolutionForwardArgs<float> rounded = args;
    float* copies = static_cast<float*>(args.workspace);
    rounded.w = RoundWeight(args.w, &copies);
    rounded.x = RoundX(args.x, &copies);
    rounded.workspace = copies;
    float32_->Forward(rounded);
  }

  void Backward(const ConvolutionBackwardArgs<float>& args) override {
    ConvolutionBackwardArgs<float> rounded = args;
    float* copies = static_cast<float*>(args.workspace);
    rounded.w = RoundWeight(args.w, &copies);
    rounded.x = RoundX(args.x, &copies);
    rounded.dy = RoundMaps(args.dy, options_.num_output,
                           options_.output_h() * options_.output_w(), &copies);
    rounded.dbias_mode = GradMode::kSkip;
    rounded.workspace = copies;
    float32_->Backward(rounded);
    if (args.dbias_mode == GradMode::kSkip) return;
    // The gradient of the bias is a plain sum: dy is not rounded for it.
    ConvolutionBackwardArgs<float> bias = args;
    bias.dx_mode = bias.dw_mode = GradMode::kSkip;
    bias.workspace = copies;
    float32_->Backward(bias);
  }

 private:
  static constexpr int64_t kFloatBytes = sizeof(float);

  int64_t WeightElements() const {
    return options_.num_output * options_.fan_in();
  }
  int64_t XElements() const {
    return options_.num * options_.channels * options_.height * options_.width;
  }
  int64_t DyElements() const {
    return options_.num * options_.num_output * options_.output_h() *
           options_.output_w();
  }

  // These take the copy's memory from *copies.
  const float* RoundWeight(const float* weight, float** copies) const {
    float* rounded = *copies;
    for (int64_t i = 0; i < WeightElements(); ++i) {
      rounded[i] = RoundToBf16(weight[i]);
    }
    *copies += WeightElements();
    return rounded;
  }

  Strided<const float> RoundX(Strided<const float> x, float** copies) const {
    return RoundMaps(x, options_.channels, options_.height * options_.width,
                     copies);
  }

  Strided<const float> RoundMaps(Strided<const float> x, int64_t channels,
                                 int64_t size, float** copies) const {
    const Strided<float> rounded = {*copies, channels * size, size};
    device_.ParallelFor(options_.num, [&](int64_t n) {
      for (int64_t c = 0; c < channels; ++c) {
        for (int64_t s = 0; s < size; ++s) {
          rounded.at(n, c)[s] = RoundToBf16(x.at(n, c)[s]);
        }
      }
    });
    *copies += options_.num * channels * size;
    return rounded;
  }

  const ConvolutionOptions options_;
  const CpuDevice& device_;
  const std::unique_ptr<ConvolutionKernel> float32_;
};

}  // namespace

std::unique_ptr<ConvolutionKernel> MakeConvolutionCpuBf16(
    const ConvolutionOptions& options, const CpuDevice& device,
    std::unique_ptr<ConvolutionKernel> float32) {
  return std::make_unique<ConvolutionCpuBf16>(options, device,
                                              std::move(float32));
}

}  // namespace tamp
