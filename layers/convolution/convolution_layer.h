// The "Convolution" layer: one bottom [num, channels, height, width], one top
// [num, num_output, output height, output width]; formula and extents in
// convolution_kernel.h.
//
// Parameters: "weight" [num_output, channels / group, kernel_h, kernel_w] and,
// with bias_term, "bias" [num_output]. A weight without weight_filler starts as
// "xavier": Caffe's constant 0 would never learn.

#ifndef TAMP_LAYERS_CONVOLUTION_CONVOLUTION_LAYER_H_
#define TAMP_LAYERS_CONVOLUTION_CONVOLUTION_LAYER_H_

#include <memory>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/device/device.h"
#include "layers/convolution/convolution_kernel.h"
#include "layers/layer.h"
#include "proto/layer.pb.h"

namespace tamp {

class ConvolutionLayer : public Layer {
 public:
  using MakeKernel = absl::StatusOr<std::unique_ptr<ConvolutionKernel>> (*)(
      const ConvolutionOptions&, Device&);

  // Refuses sizes that are 0, options given twice, more than two spatial axes
  // and a channel axis other than 1.
  static absl::StatusOr<std::unique_ptr<Layer>> Create(
      const LayerParameter& parameter, MakeKernel make_kernel);

  // Refuses inputs without four axes, a group that does not divide channels
  // and outputs, and kernels that do not fit in the padded input.
  absl::StatusOr<LayerPlan> Plan(absl::Span<const Shape> inputs,
                                 const PlanContext& context) override;
  void Forward(const ForwardArgs& args) override;
  void Backward(const BackwardArgs& args) override;

 private:
  ConvolutionLayer(const LayerParameter& parameter,
                   const ConvolutionOptions& options, MakeKernel make_kernel)
      : parameter_(parameter), options_(options), make_kernel_(make_kernel) {}

  bool has_bias() const { return parameter_.convolution_param().bias_term(); }

  const LayerParameter parameter_;
  ConvolutionOptions options_;  // the input's extents are Plan's
  const MakeKernel make_kernel_;
  std::unique_ptr<ConvolutionKernel> kernel_;
};

}  // namespace tamp

#endif  // TAMP_LAYERS_CONVOLUTION_CONVOLUTION_LAYER_H_
