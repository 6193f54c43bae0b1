// The kernels of CPUs on a HostDevice: each opens the device's memory for as
// long as it runs. A kernel for the device is made by
//
//   MakeOnHost<HostElementwise, MakeReluCpu>
//
// which has the type of a maker.

#ifndef TAMP_TESTS_UTIL_DEVICES_HOST_KERNELS_H_
#define TAMP_TESTS_UTIL_DEVICES_HOST_KERNELS_H_

#include <cstdint>
#include <memory>
#include <utility>

#include "absl/status/statusor.h"
#include "core/device/device.h"
#include "core/status_macros.h"
#include "kernels/copy_kernel.h"
#include "kernels/dropout_mask.h"
#include "kernels/elementwise_kernel.h"
#include "kernels/extents.h"
#include "kernels/grad_mode.h"
#include "kernels/sgd_kernel.h"
#include "kernels/strided.h"
#include "layers/accuracy/accuracy_kernel.h"
#include "layers/batch_norm/batch_norm_kernel.h"
#include "layers/batch_norm_apply/batch_norm_apply_kernel.h"
#include "layers/batch_norm_statistics/batch_norm_statistics_kernel.h"
#include "layers/bias/bias_kernel.h"
#include "layers/convolution/convolution_kernel.h"
#include "layers/dropout/dropout_kernel.h"
#include "layers/eltwise/eltwise_kernel.h"
#include "layers/fused_convolution/fused_convolution_kernel.h"
#include "layers/fused_pooling/fused_pooling_kernel.h"
#include "layers/inner_product/inner_product_kernel.h"
#include "layers/lrn/lrn_kernel.h"
#include "layers/pooling/pooling_kernel.h"
#include "layers/prelu/prelu_kernel.h"
#include "layers/scale/scale_kernel.h"
#include "layers/softmax/softmax_kernel.h"
#include "layers/softmax_loss/softmax_loss_kernel.h"
#include "tests/util/devices/host_device.h"

namespace tamp {

// What all have: a CPU's kernel, and a way to call it.
template <typename Kernel>
class HostKernel : public Kernel {
 public:
  using Contract = Kernel;

  HostKernel(std::unique_ptr<Kernel> kernel, HostDevice* device)
      : kernel_(std::move(kernel)), device_(device) {}

 protected:
  template <typename Method, typename... Args>
  auto Run(Method method, const Args&... args) {
    const HostDevice::Opening opening(device_);
    return (kernel_.get()->*method)(args...);
  }

  const Kernel& kernel() const { return *kernel_; }

 private:
  const std::unique_ptr<Kernel> kernel_;
  HostDevice* const device_;
};

template <typename Kernel, typename ForwardArgs>
class HostForward : public HostKernel<Kernel> {
 public:
  using HostKernel<Kernel>::HostKernel;

  void Forward(const ForwardArgs& args) override {
    this->Run(&Kernel::Forward, args);
  }
};

template <typename Kernel, typename ForwardArgs, typename BackwardArgs>
class HostForwardBackward : public HostForward<Kernel, ForwardArgs> {
 public:
  using HostForward<Kernel, ForwardArgs>::HostForward;

  void Backward(const BackwardArgs& args) override {
    this->Run(&Kernel::Backward, args);
  }
};

template <typename HostKernel>
class WithForwardWorkspace : public HostKernel {
 public:
  using HostKernel::HostKernel;

  int64_t forward_workspace_bytes() const override {
    return this->kernel().forward_workspace_bytes();
  }
};

template <typename HostKernel>
class WithWorkspaces : public WithForwardWorkspace<HostKernel> {
 public:
  using WithForwardWorkspace<HostKernel>::WithForwardWorkspace;

  int64_t backward_workspace_bytes() const override {
    return this->kernel().backward_workspace_bytes();
  }
};

using HostAccuracy = WithForwardWorkspace<
    HostForward<AccuracyKernel, AccuracyForwardArgs<float>>>;
using HostBatchNorm =
    HostForwardBackward<BatchNormKernel, BatchNormForwardArgs<float>,
                        BatchNormBackwardArgs<float>>;
using HostBatchNormApply =
    HostForwardBackward<BatchNormApplyKernel, BatchNormApplyForwardArgs<float>,
                        BatchNormApplyBackwardArgs<float>>;
using HostBatchNormStatistics =
    HostForwardBackward<BatchNormStatisticsKernel,
                        BatchNormStatisticsForwardArgs<float>,
                        BatchNormStatisticsBackwardArgs<float>>;
using HostConvolution = WithWorkspaces<
    HostForwardBackward<ConvolutionKernel, ConvolutionForwardArgs<float>,
                        ConvolutionBackwardArgs<float>>>;
using HostElementwise =
    HostForwardBackward<ElementwiseKernel, ElementwiseForwardArgs<float>,
                        ElementwiseBackwardArgs<float>>;
using HostEltwise =
    HostForwardBackward<EltwiseKernel, EltwiseForwardArgs<float>,
                        EltwiseBackwardArgs<float>>;
using HostFusedConvolution =
    WithWorkspaces<HostForwardBackward<FusedConvolutionKernel,
                                       FusedConvolutionForwardArgs<float>,
                                       FusedConvolutionBackwardArgs<float>>>;
using HostFusedPooling = WithWorkspaces<
    HostForwardBackward<FusedPoolingKernel, FusedPoolingForwardArgs<float>,
                        FusedPoolingBackwardArgs<float>>>;
using HostInnerProduct = WithWorkspaces<
    HostForwardBackward<InnerProductKernel, InnerProductForwardArgs<float>,
                        InnerProductBackwardArgs<float>>>;
using HostLrn =
    WithWorkspaces<HostForwardBackward<LrnKernel, LrnForwardArgs<float>,
                                       LrnBackwardArgs<float>>>;
using HostPooling =
    HostForwardBackward<PoolingKernel, PoolingForwardArgs<float>,
                        PoolingBackwardArgs<float>>;
using HostPrelu = HostForwardBackward<PreluKernel, PreluForwardArgs<float>,
                                      PreluBackwardArgs<float>>;
using HostSoftmax =
    HostForwardBackward<SoftmaxKernel, SoftmaxForwardArgs<float>,
                        SoftmaxBackwardArgs<float>>;
using HostSoftmaxLoss = WithForwardWorkspace<
    HostForwardBackward<SoftmaxLossKernel, SoftmaxLossForwardArgs<float>,
                        SoftmaxLossBackwardArgs<float>>>;

class HostBias : public HostForward<BiasKernel, BiasForwardArgs<float>> {
 public:
  using HostForward::HostForward;

  void InputGrad(const BiasInputGradArgs<float>& args) override {
    Run(&BiasKernel::InputGrad, args);
  }
  void ParameterGrad(const BiasParameterGradArgs<float>& args) override {
    Run(&BiasKernel::ParameterGrad, args);
  }
};

class HostCopy : public HostKernel<CopyKernel> {
 public:
  using HostKernel::HostKernel;

  void Copy(const CopyBlock& block, const Strided<const float>& x,
            const Strided<float>& y, GradMode mode) override {
    Run(&CopyKernel::Copy, block, x, y, mode);
  }
  void SetZero(const CopyBlock& block, const Strided<float>& y) override {
    Run(&CopyKernel::SetZero, block, y);
  }
  void CopyInOrder(const Strided<const float>& x, const Extents& x_extents,
                   const Strided<float>& y, const Extents& y_extents,
                   GradMode mode) override {
    Run(&CopyKernel::CopyInOrder, x, x_extents, y, y_extents, mode);
  }
};

class HostDropout : public HostKernel<DropoutKernel> {
 public:
  using HostKernel::HostKernel;

  void Apply(const DropoutMask& mask, const DropoutArgs<float>& args) override {
    Run(&DropoutKernel::Apply, mask, args);
  }
};

class HostScale : public HostForward<ScaleKernel, ScaleForwardArgs<float>> {
 public:
  using HostForward::HostForward;

  void InputGrad(const ScaleInputGradArgs<float>& args) override {
    Run(&ScaleKernel::InputGrad, args);
  }
  void ParameterGrad(const ScaleParameterGradArgs<float>& args) override {
    Run(&ScaleKernel::ParameterGrad, args);
  }
};

class HostSgd : public HostKernel<SgdKernel> {
 public:
  using HostKernel::HostKernel;

  double GradientSquares() override { return Run(&SgdKernel::GradientSquares); }
  void Update(const SgdStep& step) override { Run(&SgdKernel::Update, step); }
};

// REQUIRES: device is a HostDevice and outlives the kernel.
template <typename Kernel, auto kMakeCpu>
absl::StatusOr<std::unique_ptr<typename Kernel::Contract>> MakeOnHost(
    Device& device) {
  HostDevice& host = AsHost(device);
  ASSIGN_OR_RETURN(auto kernel, kMakeCpu(host.cpu()));
  return std::make_unique<Kernel>(std::move(kernel), &host);
}

template <typename Kernel, auto kMakeCpu, typename Options>
absl::StatusOr<std::unique_ptr<typename Kernel::Contract>> MakeOnHost(
    const Options& options, Device& device) {
  HostDevice& host = AsHost(device);
  ASSIGN_OR_RETURN(auto kernel, kMakeCpu(options, host.cpu()));
  return std::make_unique<Kernel>(std::move(kernel), &host);
}

}  // namespace tamp

#endif  // TAMP_TESTS_UTIL_DEVICES_HOST_KERNELS_H_
