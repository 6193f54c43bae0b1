// Compiled once for each instruction set (foreach_target.h includes this file
// again and again); the widest that the machine has is run.

#include "layers/relu/relu_cpu.h"

#include "core/cpu/cpu_device.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "layers/relu/relu_cpu.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "kernels/cpu/elementwise.h"

HWY_BEFORE_NAMESPACE();
namespace tamp {
namespace HWY_NAMESPACE {

void ReluForward(const ReluOptions& options, const CpuDevice& device,
                 const ElementwiseForwardArgs<float>& args) {
  const FloatVector slope = hn::Set(FloatTag(), options.negative_slope);
  MapElements(
      device, options.extents, args.y,
      [slope](FloatVector x) HWY_ATTR {
        const auto is_positive = hn::Gt(x, hn::Zero(FloatTag()));
        return hn::IfThenElse(is_positive, x, hn::Mul(slope, x));
      },
      args.x);
}

void ReluBackward(const ReluOptions& options, const CpuDevice& device,
                  const ElementwiseBackwardArgs<float>& args) {
  const FloatVector slope = hn::Set(FloatTag(), options.negative_slope);
  MapGradient(
      device, options.extents, args.dx_mode, args.dx,
      [slope](FloatVector y, FloatVector dy) HWY_ATTR {
        const auto is_positive = hn::Gt(y, hn::Zero(FloatTag()));
        return hn::IfThenElse(is_positive, dy, hn::Mul(slope, dy));
      },
      args.y, args.dy);
}

}  // namespace HWY_NAMESPACE
}  // namespace tamp
HWY_AFTER_NAMESPACE();

#if HWY_ONCE

namespace tamp {
namespace {

HWY_EXPORT(ReluForward);
HWY_EXPORT(ReluBackward);

class ReluCpu : public ElementwiseKernel {
 public:
  ReluCpu(const ReluOptions& options, const CpuDevice& device)
      : options_(options), device_(device) {}

  void Forward(const ElementwiseForwardArgs<float>& args) override {
    HWY_DYNAMIC_DISPATCH(ReluForward)(options_, device_, args);
  }
  void Backward(const ElementwiseBackwardArgs<float>& args) override {
    HWY_DYNAMIC_DISPATCH(ReluBackward)(options_, device_, args);
  }

 private:
  const ReluOptions options_;
  const CpuDevice& device_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<ElementwiseKernel>> MakeReluCpu(
    const ReluOptions& options, Device& device) {
  return std::make_unique<ReluCpu>(options, AsCpu(device));
}

}  // namespace tamp

#endif  // HWY_ONCE
