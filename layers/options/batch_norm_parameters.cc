#include "layers/options/batch_norm_parameters.h"

namespace tamp {
namespace {

FillerParameter Constant(float value) {
  FillerParameter filler;
  filler.set_type("constant");
  filler.set_value(value);
  return filler;
}

bool KeepsWeightedMean(const BatchNormParameter& parameter) {
  return RunningStatisticsOf(parameter) == BatchNormParameter::WEIGHTED_MEAN;
}

}  // namespace

BatchNormParameter::RunningStatistics RunningStatisticsOf(
    const BatchNormParameter& parameter) {
  if (parameter.has_running_statistics()) return parameter.running_statistics();
  return parameter.scale_bias() ? BatchNormParameter::MOVING_AVERAGE
                                : BatchNormParameter::WEIGHTED_MEAN;
}

std::vector<ParameterPlan> PlanBatchNormParameters(
    const BatchNormParameter& parameter, int64_t channels) {
  using Kind = ParameterPlan::Kind;
  const Shape shape = {channels};
  std::vector<ParameterPlan> plans;
  if (parameter.scale_bias()) {
    plans.push_back(
        {"weight", shape,
         parameter.has_scale_filler() ? parameter.scale_filler() : Constant(1),
         Kind::kLearned});
    plans.push_back({"bias", shape, parameter.bias_filler(), Kind::kLearned});
  }
  plans.push_back({"running_mean", shape, Constant(0), Kind::kStatistic});
  plans.push_back({"running_var", shape, Constant(1), Kind::kStatistic});
  if (KeepsWeightedMean(parameter)) {
    // PyTorch's files have no such number. Converters to Caffe write 1, so that
    // the statistics count as those of one batch.
    plans.push_back({"running_weight", {1}, Constant(0), Kind::kStatistic, 1});
  }
  return plans;
}

BatchNormArrays BatchNormArraysOf(const BatchNormParameter& parameter,
                                  absl::Span<const View> views) {
  BatchNormArrays arrays;
  size_t next = 0;
  if (parameter.scale_bias()) {
    arrays.gamma = views[next++].data;
    arrays.beta = views[next++].data;
  }
  arrays.running_mean = views[next++].data;
  arrays.running_variance = views[next++].data;
  if (KeepsWeightedMean(parameter)) arrays.running_weight = views[next].data;
  return arrays;
}

}  // namespace tamp
