// The "Pooling" layer: one bottom [num, channels, height, width], one top with
// the windows' values; formula and extents in pooling_kernel.h.

#ifndef TAMP_LAYERS_POOLING_POOLING_LAYER_H_
#define TAMP_LAYERS_POOLING_POOLING_LAYER_H_

#include <memory>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/device/device.h"
#include "layers/layer.h"
#include "layers/pooling/pooling_kernel.h"
#include "proto/layer.pb.h"

namespace tamp {

class PoolingLayer : public Layer {
 public:
  using MakeKernel = absl::StatusOr<std::unique_ptr<PoolingKernel>> (*)(
      const PoolingOptions&, Device&);

  // Refuses STOCHASTIC, sizes of 0, options given in both of their forms, a pad
  // that is not less than the kernel, and a window besides global_pooling.
  static absl::StatusOr<std::unique_ptr<Layer>> Create(
      const LayerParameter& parameter, MakeKernel make_kernel);

  // Refuses inputs without four axes and kernels that do not fit in the padded
  // input.
  absl::StatusOr<LayerPlan> Plan(absl::Span<const Shape> inputs,
                                 const PlanContext& context) override;
  void Forward(const ForwardArgs& args) override;
  void Backward(const BackwardArgs& args) override;

 private:
  PoolingLayer(const LayerParameter& parameter, const PoolingOptions& options,
               MakeKernel make_kernel)
      : parameter_(parameter), options_(options), make_kernel_(make_kernel) {}

  bool is_max() const {
    return options_.method == PoolingOptions::Method::kMax;
  }

  const LayerParameter parameter_;
  PoolingOptions options_;  // the input's extents are Plan's
  const MakeKernel make_kernel_;
  std::unique_ptr<PoolingKernel> kernel_;
};

}  // namespace tamp

#endif  // TAMP_LAYERS_POOLING_POOLING_LAYER_H_
