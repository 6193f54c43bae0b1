// Compiled once for each instruction set (foreach_target.h includes this file
// again and again); the widest that the machine has is run.

#include "layers/elu/elu_cpu.h"

#include "core/cpu/cpu_device.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "layers/elu/elu_cpu.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "hwy/contrib/math/math-inl.h"
#include "kernels/cpu/elementwise.h"

HWY_BEFORE_NAMESPACE();
namespace tamp {
namespace HWY_NAMESPACE {

void EluForward(const EluOptions& options, const CpuDevice& device,
                const ElementwiseForwardArgs<float>& args) {
  const FloatTag d;
  const FloatVector alpha = hn::Set(d, options.alpha);
  MapElements(
      device, options.extents, args.y,
      [d, alpha](FloatVector x) HWY_ATTR {
        const FloatVector negative = hn::Mul(alpha, hn::Expm1(d, x));
        return hn::IfThenElse(hn::Gt(x, hn::Zero(d)), x, negative);
      },
      args.x);
}

void EluBackward(const EluOptions& options, const CpuDevice& device,
                 const ElementwiseBackwardArgs<float>& args) {
  const FloatTag d;
  const FloatVector alpha = hn::Set(d, options.alpha);
  MapGradient(
      device, options.extents, args.dx_mode, args.dx,
      [d, alpha](FloatVector y, FloatVector dy) HWY_ATTR {
        const FloatVector negative = hn::Mul(dy, hn::Add(y, alpha));
        return hn::IfThenElse(hn::Gt(y, hn::Zero(d)), dy, negative);
      },
      args.y, args.dy);
}

}  // namespace HWY_NAMESPACE
}  // namespace tamp
HWY_AFTER_NAMESPACE();

#if HWY_ONCE

namespace tamp {
namespace {

HWY_EXPORT(EluForward);
HWY_EXPORT(EluBackward);

class EluCpu : public ElementwiseKernel {
 public:
  EluCpu(const EluOptions& options, const CpuDevice& device)
      : options_(options), device_(device) {}

  void Forward(const ElementwiseForwardArgs<float>& args) override {
    HWY_DYNAMIC_DISPATCH(EluForward)(options_, device_, args);
  }
  void Backward(const ElementwiseBackwardArgs<float>& args) override {
    HWY_DYNAMIC_DISPATCH(EluBackward)(options_, device_, args);
  }

 private:
  const EluOptions options_;
  const CpuDevice& device_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<ElementwiseKernel>> MakeEluCpu(
    const EluOptions& options, Device& device) {
  return std::make_unique<EluCpu>(options, AsCpu(device));
}

}  // namespace tamp

#endif  // HWY_ONCE
