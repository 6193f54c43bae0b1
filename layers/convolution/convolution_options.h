// From a ConvolutionParameter, and then an input shape, to ConvolutionOptions.

#ifndef TAMP_LAYERS_CONVOLUTION_CONVOLUTION_OPTIONS_H_
#define TAMP_LAYERS_CONVOLUTION_CONVOLUTION_OPTIONS_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/shape.h"
#include "layers/convolution/convolution_kernel.h"
#include "proto/layer.pb.h"

namespace tamp {

// All but the input's extents. Refuses sizes that are 0, options given in both
// of their forms, more than two spatial axes and a channel axis other than 1.
absl::StatusOr<ConvolutionOptions> ReadConvolutionOptions(
    const ConvolutionParameter& parameter);

// Sets the input's extents. Refuses shapes without four axes, a group that does
// not divide the channels, kernels that do not fit in the padded input, and
// sizes whose products are out of bounds.
absl::Status FitToInput(const Shape& input, absl::string_view bottom,
                        ConvolutionOptions* options);

}  // namespace tamp

#endif  // TAMP_LAYERS_CONVOLUTION_CONVOLUTION_OPTIONS_H_
