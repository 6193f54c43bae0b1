// Compiled once for each instruction set (foreach_target.h includes this file
// again and again); the widest that the machine has is run.

#include "layers/tanh/tanh_cpu.h"

#include "core/cpu/cpu_device.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "layers/tanh/tanh_cpu.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "hwy/contrib/math/math-inl.h"
#include "kernels/cpu/elementwise.h"

HWY_BEFORE_NAMESPACE();
namespace tamp {
namespace HWY_NAMESPACE {

void TanhForward(const TanhOptions& options, const CpuDevice& device,
                 const ElementwiseForwardArgs<float>& args) {
  MapElements(
      device, options.extents, args.y,
      [](FloatVector x) HWY_ATTR { return hn::Tanh(FloatTag(), x); }, args.x);
}

void TanhBackward(const TanhOptions& options, const CpuDevice& device,
                  const ElementwiseBackwardArgs<float>& args) {
  const FloatVector one = hn::Set(FloatTag(), 1.0f);
  MapGradient(
      device, options.extents, args.dx_mode, args.dx,
      [one](FloatVector y, FloatVector dy) HWY_ATTR {
        return hn::Mul(dy, hn::Mul(hn::Sub(one, y), hn::Add(one, y)));
      },
      args.y, args.dy);
}

}  // namespace HWY_NAMESPACE
}  // namespace tamp
HWY_AFTER_NAMESPACE();

#if HWY_ONCE

namespace tamp {
namespace {

HWY_EXPORT(TanhForward);
HWY_EXPORT(TanhBackward);

class TanhCpu : public ElementwiseKernel {
 public:
  TanhCpu(const TanhOptions& options, const CpuDevice& device)
      : options_(options), device_(device) {}

  void Forward(const ElementwiseForwardArgs<float>& args) override {
    HWY_DYNAMIC_DISPATCH(TanhForward)(options_, device_, args);
  }
  void Backward(const ElementwiseBackwardArgs<float>& args) override {
    HWY_DYNAMIC_DISPATCH(TanhBackward)(options_, device_, args);
  }

 private:
  const TanhOptions options_;
  const CpuDevice& device_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<ElementwiseKernel>> MakeTanhCpu(
    const TanhOptions& options, Device& device) {
  return std::make_unique<TanhCpu>(options, AsCpu(device));
}

}  // namespace tamp

#endif  // HWY_ONCE
