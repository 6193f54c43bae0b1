// The "BatchNorm" layer: one bottom of one or more axes, one top of the same
// shape.
//
// Parameters: layers/options/batch_norm_parameters.h. Without scale_bias the
// layer has only statistics, as in Caffe.
//
// With use_global_stats: false a net for testing normalizes with the batch's
// statistics too, as in Caffe; but it never changes the running ones, which
// belong to the net that trains.
//
// Backward reads the input, so the planner may let the top share the bottom's
// memory only where nothing is trained through it; a net may always name its
// top as its bottom.

#ifndef TAMP_LAYERS_BATCH_NORM_BATCH_NORM_LAYER_H_
#define TAMP_LAYERS_BATCH_NORM_BATCH_NORM_LAYER_H_

#include <memory>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/device/device.h"
#include "layers/batch_norm/batch_norm_kernel.h"
#include "layers/layer.h"
#include "proto/layer.pb.h"

namespace tamp {

class BatchNormLayer : public Layer {
 public:
  using MakeKernel = absl::StatusOr<std::unique_ptr<BatchNormKernel>> (*)(
      const BatchNormOptions&, Device&);

  // Refuses an eps that is not positive, a moving_average_fraction outside
  // 0 .. 1, and fillers of parameters that it does not have.
  static absl::StatusOr<std::unique_ptr<Layer>> Create(
      const LayerParameter& parameter, MakeKernel make_kernel);

  // Refuses to normalize channels of one value with their own statistics.
  absl::StatusOr<LayerPlan> Plan(absl::Span<const Shape> inputs,
                                 const PlanContext& context) override;
  void Forward(const ForwardArgs& args) override;
  void Backward(const BackwardArgs& args) override;

 private:
  BatchNormLayer(const BatchNormParameter& parameter, MakeKernel make_kernel)
      : parameter_(parameter), make_kernel_(make_kernel) {}

  const BatchNormParameter parameter_;
  const MakeKernel make_kernel_;
  std::unique_ptr<BatchNormKernel> kernel_;
};

}  // namespace tamp

#endif  // TAMP_LAYERS_BATCH_NORM_BATCH_NORM_LAYER_H_
