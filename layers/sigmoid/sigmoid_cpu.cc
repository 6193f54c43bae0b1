// Compiled once for each instruction set (foreach_target.h includes this file
// again and again); the widest that the machine has is run.

#include "layers/sigmoid/sigmoid_cpu.h"

#include "core/cpu/cpu_device.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "layers/sigmoid/sigmoid_cpu.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "hwy/contrib/math/math-inl.h"
#include "kernels/cpu/elementwise.h"

HWY_BEFORE_NAMESPACE();
namespace tamp {
namespace HWY_NAMESPACE {

void SigmoidForward(const SigmoidOptions& options, const CpuDevice& device,
                    const ElementwiseForwardArgs<float>& args) {
  const FloatTag d;
  const FloatVector one = hn::Set(d, 1.0f);
  MapElements(
      device, options.extents, args.y,
      [d, one](FloatVector x) HWY_ATTR {
        // Never the exponential of a large number; Exp makes 0 of a NaN.
        const FloatVector power = hn::Exp(d, hn::Neg(hn::Abs(x)));
        const FloatVector above = hn::Div(one, hn::Add(one, power));
        const auto is_negative = hn::Lt(x, hn::Zero(d));
        const FloatVector y =
            hn::IfThenElse(is_negative, hn::Mul(power, above), above);
        return hn::IfThenElse(hn::IsNaN(x), x, y);
      },
      args.x);
}

void SigmoidBackward(const SigmoidOptions& options, const CpuDevice& device,
                     const ElementwiseBackwardArgs<float>& args) {
  const FloatVector one = hn::Set(FloatTag(), 1.0f);
  MapGradient(
      device, options.extents, args.dx_mode, args.dx,
      [one](FloatVector y, FloatVector dy)
          HWY_ATTR { return hn::Mul(hn::Mul(dy, y), hn::Sub(one, y)); },
      args.y, args.dy);
}

}  // namespace HWY_NAMESPACE
}  // namespace tamp
HWY_AFTER_NAMESPACE();

#if HWY_ONCE

namespace tamp {
namespace {

HWY_EXPORT(SigmoidForward);
HWY_EXPORT(SigmoidBackward);

class SigmoidCpu : public ElementwiseKernel {
 public:
  SigmoidCpu(const SigmoidOptions& options, const CpuDevice& device)
      : options_(options), device_(device) {}

  void Forward(const ElementwiseForwardArgs<float>& args) override {
    HWY_DYNAMIC_DISPATCH(SigmoidForward)(options_, device_, args);
  }
  void Backward(const ElementwiseBackwardArgs<float>& args) override {
    HWY_DYNAMIC_DISPATCH(SigmoidBackward)(options_, device_, args);
  }

 private:
  const SigmoidOptions options_;
  const CpuDevice& device_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<ElementwiseKernel>> MakeSigmoidCpu(
    const SigmoidOptions& options, Device& device) {
  return std::make_unique<SigmoidCpu>(options, AsCpu(device));
}

}  // namespace tamp

#endif  // HWY_ONCE
