// The "FusedPooling" layer, made by the pass fuse_pooling: a pooling with
// the batch norm and ReLU before it, and the statistics behind it.
//
// In TRAIN the statistics of the input's channels come as second bottom
// (kernels/shared_statistics.h); in TEST the running statistics serve. With
// statistics_eps the second top are the statistics of the output. With
// finishes_input_gradient the gradient of the input includes what passes
// through its statistics, as their producer would else add it. Parameters are
// those of the BatchNorm.

#ifndef TAMP_LAYERS_FUSED_POOLING_FUSED_POOLING_LAYER_H_
#define TAMP_LAYERS_FUSED_POOLING_FUSED_POOLING_LAYER_H_

#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/device/device.h"
#include "layers/fused_pooling/fused_pooling_kernel.h"
#include "layers/layer.h"
#include "proto/layer.pb.h"

namespace tamp {

class FusedPoolingLayer : public Layer {
 public:
  using MakeKernel = absl::StatusOr<std::unique_ptr<FusedPoolingKernel>> (*)(
      const FusedPoolingOptions&, Device&);

  static absl::StatusOr<std::unique_ptr<Layer>> Create(
      const LayerParameter& parameter, MakeKernel make_kernel);

  absl::StatusOr<LayerPlan> Plan(absl::Span<const Shape> inputs,
                                 const PlanContext& context) override;
  void Forward(const ForwardArgs& args) override;
  void Backward(const BackwardArgs& args) override;

 private:
  FusedPoolingLayer(const FusedPoolingParameter& parameter,
                    MakeKernel make_kernel)
      : parameter_(parameter), make_kernel_(make_kernel) {}

  absl::Status CheckInputs(absl::Span<const Shape> inputs) const;
  absl::Status CheckWindows() const;

  const FusedPoolingParameter parameter_;
  const MakeKernel make_kernel_;
  FusedPoolingOptions options_;
  bool uses_running_statistics_ = false;
  std::unique_ptr<FusedPoolingKernel> kernel_;
};

}  // namespace tamp

#endif  // TAMP_LAYERS_FUSED_POOLING_FUSED_POOLING_LAYER_H_
