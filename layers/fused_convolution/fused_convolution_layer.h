// The "FusedConvolution" layer, made by the pass fuse_convolution: a
// convolution with the batch norm, ReLU and average pooling before it, and the
// dropout and statistics behind it.
//
// In TRAIN a normalized input comes with the statistics of its channels as
// second bottom (kernels/shared_statistics.h); in TEST the running statistics
// serve. With statistics_eps the second top are the statistics of the output.
// Parameters: those of the Convolution, then those of the BatchNorm.

#ifndef TAMP_LAYERS_FUSED_CONVOLUTION_FUSED_CONVOLUTION_LAYER_H_
#define TAMP_LAYERS_FUSED_CONVOLUTION_FUSED_CONVOLUTION_LAYER_H_

#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/device/device.h"
#include "kernels/dropout_mask.h"
#include "layers/fused_convolution/fused_convolution_kernel.h"
#include "layers/layer.h"
#include "proto/layer.pb.h"

namespace tamp {

class FusedConvolutionLayer : public Layer {
 public:
  using MakeKernel =
      absl::StatusOr<std::unique_ptr<FusedConvolutionKernel>> (*)(
          const FusedConvolutionOptions&, Device&);

  static absl::StatusOr<std::unique_ptr<Layer>> Create(
      const LayerParameter& parameter, MakeKernel make_kernel);

  absl::StatusOr<LayerPlan> Plan(absl::Span<const Shape> inputs,
                                 const PlanContext& context) override;
  void Forward(const ForwardArgs& args) override;
  void Backward(const BackwardArgs& args) override;

 private:
  FusedConvolutionLayer(const FusedConvolutionParameter& parameter,
                        MakeKernel make_kernel)
      : parameter_(parameter), make_kernel_(make_kernel) {}

  absl::Status CheckOptions(absl::Span<const Shape> inputs) const;
  LayerPlan MakePlan(const PlanContext& context);
  bool shares_input_statistics() const {
    return options_.normalizes && !uses_running_statistics_;
  }
  // Whether Backward turns the gradient that the output's readers collect into
  // the output's own.
  bool finishes_gradient() const;
  DropoutMask MaskOf(const StepContext& step) const;

  const FusedConvolutionParameter parameter_;
  const MakeKernel make_kernel_;
  FusedConvolutionOptions options_;
  bool uses_running_statistics_ = false;
  size_t first_output_norm_parameter_ = 0;
  std::unique_ptr<FusedConvolutionKernel> kernel_;
};

}  // namespace tamp

#endif  // TAMP_LAYERS_FUSED_CONVOLUTION_FUSED_CONVOLUTION_LAYER_H_
