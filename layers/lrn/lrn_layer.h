// The "LRN" layer: one bottom, one top of the same shape; formula in
// lrn_kernel.h. WITHIN_CHANNEL needs images: [num, channels, height, width].

#ifndef TAMP_LAYERS_LRN_LRN_LAYER_H_
#define TAMP_LAYERS_LRN_LRN_LAYER_H_

#include <memory>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/device/device.h"
#include "layers/layer.h"
#include "layers/lrn/lrn_kernel.h"
#include "proto/layer.pb.h"

namespace tamp {

class LrnLayer : public Layer {
 public:
  using MakeKernel = absl::StatusOr<std::unique_ptr<LrnKernel>> (*)(
      const LrnOptions&, Device&);

  // Refuses an even local_size, a negative alpha and a k that is not positive,
  // as the power may then not exist; and a k other than 1 with WITHIN_CHANNEL,
  // where Caffe ignores it.
  static absl::StatusOr<std::unique_ptr<Layer>> Create(
      const LayerParameter& parameter, MakeKernel make_kernel);

  absl::StatusOr<LayerPlan> Plan(absl::Span<const Shape> inputs,
                                 const PlanContext& context) override;
  void Forward(const ForwardArgs& args) override;
  void Backward(const BackwardArgs& args) override;

 private:
  LrnLayer(const LayerParameter& parameter, MakeKernel make_kernel)
      : parameter_(parameter), make_kernel_(make_kernel) {}

  const LayerParameter parameter_;
  const MakeKernel make_kernel_;
  std::unique_ptr<LrnKernel> kernel_;
};

}  // namespace tamp

#endif  // TAMP_LAYERS_LRN_LRN_LAYER_H_
