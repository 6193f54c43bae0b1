#include "layers/dense_convolution/dense_convolution_cpu.h"

#include "core/cpu/cpu_device.h"
#include "layers/dense_convolution/dense_convolution_reference.h"

namespace tamp {
namespace {

class DenseConvolutionCpu : public DenseConvolutionKernel {
 public:
  explicit DenseConvolutionCpu(const DenseConvolutionOptions& options)
      : options_(options) {}

  int64_t forward_workspace_bytes() const override { return 0; }
  int64_t backward_workspace_bytes() const override { return 0; }

  void Forward(const DenseConvolutionForwardArgs<float>& args) override {
    DenseConvolutionForwardReference(options_, args);
  }
  void Backward(const DenseConvolutionBackwardArgs<float>& args) override {
    DenseConvolutionBackwardReference(options_, args);
  }

 private:
  const DenseConvolutionOptions options_;
};

}  // namespace

std::unique_ptr<DenseConvolutionKernel> MakeDenseConvolutionCpu(
    const DenseConvolutionOptions& options, const Device& device) {
  AsCpu(device);
  return std::make_unique<DenseConvolutionCpu>(options);
}

}  // namespace tamp
