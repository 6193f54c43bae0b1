// The parameters that all forms of batch normalization have: with scale_bias
// "weight" (gamma, 1 by default) and "bias" (beta, 0), then the statistics
// "running_mean" (starts at 0) and "running_var" (1), and where they are a
// weighted mean the sum of its weights, the one number "running_weight" (0).
//
// Caffe's three blobs are running_mean and running_var times running_weight,
// and running_weight.

#ifndef TAMP_LAYERS_OPTIONS_BATCH_NORM_PARAMETERS_H_
#define TAMP_LAYERS_OPTIONS_BATCH_NORM_PARAMETERS_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "layers/layer_plan.h"
#include "layers/tensor.h"
#include "proto/layer.pb.h"

namespace tamp {

// As the net's file says. If it does not: with scale_bias a moving average, as
// in NVIDIA Caffe, whose field that is, and in PyTorch; without it Caffe's
// weighted mean.
BatchNormParameter::RunningStatistics RunningStatisticsOf(
    const BatchNormParameter& parameter);

std::vector<ParameterPlan> PlanBatchNormParameters(
    const BatchNormParameter& parameter, int64_t channels);

// The same in memory; null what the form lacks.
struct BatchNormArrays {
  float* gamma = nullptr;
  float* beta = nullptr;
  float* running_mean = nullptr;
  float* running_variance = nullptr;
  float* running_weight = nullptr;
};

// `views` begin with the planned parameters of a batch norm.
BatchNormArrays BatchNormArraysOf(const BatchNormParameter& parameter,
                                  absl::Span<const View> views);

}  // namespace tamp

#endif  // TAMP_LAYERS_OPTIONS_BATCH_NORM_PARAMETERS_H_
