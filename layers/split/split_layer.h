// The "Split" layer: any number of tops, each equal to the bottom. Nets need it
// only where a file names the copies: a top may have several consumers, whose
// gradients are added.

#ifndef TAMP_LAYERS_SPLIT_SPLIT_LAYER_H_
#define TAMP_LAYERS_SPLIT_SPLIT_LAYER_H_

#include <memory>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/device/device.h"
#include "kernels/copy_kernel.h"
#include "layers/layer.h"
#include "proto/layer.pb.h"

namespace tamp {

class SplitLayer : public Layer {
 public:
  using MakeKernel = absl::StatusOr<std::unique_ptr<CopyKernel>> (*)(Device&);

  static absl::StatusOr<std::unique_ptr<Layer>> Create(
      const LayerParameter& parameter, MakeKernel make_kernel);

  absl::StatusOr<LayerPlan> Plan(absl::Span<const Shape> inputs,
                                 const PlanContext& context) override;
  void Forward(const ForwardArgs& args) override;
  void Backward(const BackwardArgs& args) override;

 private:
  SplitLayer(int num_tops, MakeKernel make_kernel)
      : num_tops_(num_tops), make_kernel_(make_kernel) {}

  const int num_tops_;
  const MakeKernel make_kernel_;
  CopyBlock whole_;
  std::unique_ptr<CopyKernel> kernel_;
};

}  // namespace tamp

#endif  // TAMP_LAYERS_SPLIT_SPLIT_LAYER_H_
