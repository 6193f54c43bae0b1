// The "Flatten" layer: the axes from `axis` to `end_axis`, both included,
// joined into one. The elements keep their row-major order.

#ifndef TAMP_LAYERS_FLATTEN_FLATTEN_LAYER_H_
#define TAMP_LAYERS_FLATTEN_FLATTEN_LAYER_H_

#include <memory>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/device/device.h"
#include "kernels/copy_kernel.h"
#include "layers/layer.h"
#include "proto/layer.pb.h"

namespace tamp {

class FlattenLayer : public Layer {
 public:
  using MakeKernel = absl::StatusOr<std::unique_ptr<CopyKernel>> (*)(Device&);

  static absl::StatusOr<std::unique_ptr<Layer>> Create(
      const LayerParameter& parameter, MakeKernel make_kernel);

  // Refuses axes that the bottom doesn't have, and an end before the start.
  absl::StatusOr<LayerPlan> Plan(absl::Span<const Shape> inputs,
                                 const PlanContext& context) override;
  void Forward(const ForwardArgs& args) override;
  void Backward(const BackwardArgs& args) override;

 private:
  FlattenLayer(const FlattenParameter& flatten, MakeKernel make_kernel)
      : axis_(flatten.axis()),
        end_axis_(flatten.end_axis()),
        make_kernel_(make_kernel) {}

  const int axis_;
  const int end_axis_;
  const MakeKernel make_kernel_;
  Extents from_, to_;
  std::unique_ptr<CopyKernel> kernel_;
};

}  // namespace tamp

#endif  // TAMP_LAYERS_FLATTEN_FLATTEN_LAYER_H_
