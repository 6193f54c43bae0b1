// The "BatchNormStatistics" layer, made by the pass share_statistics: output 0
// is its input, output 1 the statistics of the channels. Reads eps from
// batch_norm_param. Normally runs in place.

#ifndef TAMP_LAYERS_BATCH_NORM_STATISTICS_BATCH_NORM_STATISTICS_LAYER_H_
#define TAMP_LAYERS_BATCH_NORM_STATISTICS_BATCH_NORM_STATISTICS_LAYER_H_

#include <memory>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/device/device.h"
#include "layers/batch_norm_statistics/batch_norm_statistics_kernel.h"
#include "layers/layer.h"
#include "proto/layer.pb.h"

namespace tamp {

class BatchNormStatisticsLayer : public Layer {
 public:
  using MakeKernel =
      absl::StatusOr<std::unique_ptr<BatchNormStatisticsKernel>> (*)(
          const BatchNormStatisticsOptions&, Device&);

  static absl::StatusOr<std::unique_ptr<Layer>> Create(
      const LayerParameter& parameter, MakeKernel make_kernel);

  absl::StatusOr<LayerPlan> Plan(absl::Span<const Shape> inputs,
                                 const PlanContext& context) override;
  void Forward(const ForwardArgs& args) override;
  void Backward(const BackwardArgs& args) override;

 private:
  BatchNormStatisticsLayer(float eps, MakeKernel make_kernel)
      : eps_(eps), make_kernel_(make_kernel) {}

  const float eps_;
  const MakeKernel make_kernel_;
  std::unique_ptr<BatchNormStatisticsKernel> kernel_;
};

}  // namespace tamp

#endif  // TAMP_LAYERS_BATCH_NORM_STATISTICS_BATCH_NORM_STATISTICS_LAYER_H_
