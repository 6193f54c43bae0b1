#include "layers/options/fused_batch_norm.h"

#include "layers/options/batch_norm_parameters.h"

namespace tamp {

int64_t FusedNormSavedBytes(int64_t channels) {
  return NumFusedNormTerms(channels) * int64_t{sizeof(float)};
}

FusedNormForwardArgs<float> RunningNormArgs(const BatchNormParameter& norm,
                                            absl::Span<const View> parameters) {
  const BatchNormArrays arrays = BatchNormArraysOf(norm, parameters);
  FusedNormForwardArgs<float> norm_args;
  norm_args.gamma = arrays.gamma;
  norm_args.beta = arrays.beta;
  norm_args.running_mean = arrays.running_mean;
  norm_args.running_variance = arrays.running_variance;
  norm_args.running_weight = arrays.running_weight;
  norm_args.moving_average_fraction = norm.moving_average_fraction();
  norm_args.eps = norm.eps();
  return norm_args;
}

FusedNormForwardArgs<float> InputNormArgs(const BatchNormParameter& norm,
                                          size_t first_parameter,
                                          const ForwardArgs& args) {
  FusedNormForwardArgs<float> norm_args =
      RunningNormArgs(norm, args.parameters.subspan(first_parameter));
  if (args.inputs.size() > 1) norm_args.statistics = args.inputs[1].data;
  norm_args.is_recomputation = args.is_recomputation;
  norm_args.terms = static_cast<float*>(args.saved[0]);
  return norm_args;
}

FusedNormBackwardArgs<float> InputNormGradArgs(size_t first_parameter,
                                               const BackwardArgs& args) {
  const size_t gamma = first_parameter, beta = first_parameter + 1;
  FusedNormBackwardArgs<float> norm_args;
  norm_args.gamma = args.parameters[gamma].data;
  norm_args.terms = static_cast<const float*>(args.saved[0]);
  norm_args.dgamma = args.parameter_grads[gamma].data;
  norm_args.dgamma_mode = args.parameter_grad_modes[gamma];
  norm_args.dbeta = args.parameter_grads[beta].data;
  norm_args.dbeta_mode = args.parameter_grad_modes[beta];
  if (args.input_grads.size() > 1) {
    norm_args.statistics_grad = args.input_grads[1].data;
    norm_args.statistics_grad_mode = args.input_grad_modes[1];
  }
  return norm_args;
}

FinishingArgs<float> OutputFinishingArgs(float eps, const BackwardArgs& args) {
  return {args.outputs[1].data, args.output_grads[1].data, eps};
}

}  // namespace tamp
