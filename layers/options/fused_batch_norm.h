// How a layer whose kernel normalizes while it loads hands over its batch
// norms and the statistics of its output (kernels/fused_norm.h). Statistics of
// the input, if they are shared, come as input 1; those of the output are
// output 1.

#ifndef TAMP_LAYERS_OPTIONS_FUSED_BATCH_NORM_H_
#define TAMP_LAYERS_OPTIONS_FUSED_BATCH_NORM_H_

#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"
#include "kernels/fused_norm.h"
#include "layers/layer.h"
#include "layers/tensor.h"
#include "proto/layer.pb.h"

namespace tamp {

// Of saved memory 0, where the kernel's terms lie from forward to backward.
int64_t FusedNormSavedBytes(int64_t channels);

// A norm by its running statistics. `parameters` begin with those of the norm,
// which has scale_bias.
FusedNormForwardArgs<float> RunningNormArgs(const BatchNormParameter& norm,
                                            absl::Span<const View> parameters);

// The norm of input 0, whose parameters stand from `first_parameter` on.
FusedNormForwardArgs<float> InputNormArgs(const BatchNormParameter& norm,
                                          size_t first_parameter,
                                          const ForwardArgs& args);
FusedNormBackwardArgs<float> InputNormGradArgs(size_t first_parameter,
                                               const BackwardArgs& args);

// What the gradient of output 0, which has statistics, is finished with.
FinishingArgs<float> OutputFinishingArgs(float eps, const BackwardArgs& args);

}  // namespace tamp

#endif  // TAMP_LAYERS_OPTIONS_FUSED_BATCH_NORM_H_
